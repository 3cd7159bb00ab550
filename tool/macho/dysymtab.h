/* LC_DYSYMTAB: how the symbol table is parted, what names its symbols by their index, and which of
 * them dyld reads at run time. */
#ifndef VAFIT_MACHO_DYSYMTAB_H
#define VAFIT_MACHO_DYSYMTAB_H

#include "base/bytes.h"
#include "macho/format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DYSYMTAB_GROUPS = 3,      /* locals, exported, undefined */
    DYSYMTAB_FIRST_GROUP = 8, /* byte in the command of the first group, of 8 bytes each */
    EXTERNAL_RELOCATION_SIZE = 8,
};

/* A run of symbols. Nothing holds it to be inside the table, nor after the group before it. */
struct symbol_group {
    uint32_t start; /* index of its first symbol */
    uint32_t count;
};

/* Reads the groups from the load commands; false, with groups of nothing, for an image without
 * LC_DYSYMTAB. */
bool dysymtab_groups(struct bytes head, struct symbol_group groups[DYSYMTAB_GROUPS]);

/* What names symbols by their index; views into __LINKEDIT. */
struct symbol_users {
    struct bytes head;        /* header and load commands */
    struct bytes table;       /* nlist_64 entries */
    struct bytes indirect;    /* the indirect symbol table, 32 bits an entry */
    struct bytes relocations; /* external relocations, relocation_info of <mach-o/reloc.h> */
};

/* The symbol that an entry of the indirect table names; false for one that names none: it is local
 * or absolute, or past the table of `count` symbols (llvm-strip and others leave such; dyld and
 * debuggers take it for none where the image has fixups). */
bool indirect_symbol(struct bytes indirect, size_t i, size_t count, uint32_t *symbol);
/* Likewise that of an external relocation. */
bool relocation_symbol(struct bytes relocations, size_t i, size_t count, uint32_t *symbol);
/* Writes another symbol into the relocation's 8 bytes. */
void relocation_store_symbol(uint8_t *relocation, uint32_t symbol);

/* A byte for each symbol: 1 where dyld reads it at run time, so that no level may drop it; NULL
 * when that is none, as in all images with fixups and an exports trie. Release with free().
 * - An image with neither chained fixups nor LC_DYLD_INFO is bound by the symbols that external
 *   relocations and the indirect table name (common/MachOAnalyzer.cpp, forEachBind_Relocations and
 *   forEachIndirectPointer). What relocations name stays in any image.
 * - An image without an exports trie offers its defined external symbols (dyld/Loader.cpp,
 *   hasExportedSymbol; whether it has one is asked of the load commands: common/MachOFile.cpp,
 *   hasExportTrie). */
uint8_t *dysymtab_needed(const struct symbol_users *users);

#endif
