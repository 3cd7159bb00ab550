/* The exports trie: what an image offers to others, by name. LC_DYLD_EXPORTS_TRIE and export_off of
 * LC_DYLD_INFO place the same thing.
 *
 * A node is the size of its export (0 for none), the export, how many children it has, and for each
 * the characters of its edge, a NUL, and where in the trie the child's node is. Numbers are LEB128.
 * The root is at 0 (dyld: mach_o/ExportsTrie.cpp, GenericTrie::recurseTrie). */
#ifndef VAFIT_MACHO_EXPORTS_TRIE_H
#define VAFIT_MACHO_EXPORTS_TRIE_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* EXPORT_SYMBOL_FLAGS_...: dyld refuses all others. */
enum { EXPORT_ALL_FLAGS = 0x3f };

struct export {
    struct bytes name; /* without a NUL; the cursor's, until its next step */
    size_t shared;     /* how many characters it has in common with the export before it */
    uint8_t flags;
    uint64_t offset;  /* bytes from the image's base, its __TEXT, modulo 2^64; of an absolute one
                         the value itself; 0 for a re-export */
    uint64_t second;  /* the resolver's offset, or the number of the table of variants; else 0 */
    uint64_t ordinal; /* of a re-export: which dylib, from 1; else 0 */
    const uint8_t *ordinal_at; /* where the trie says it; NULL where it is no re-export */
    struct bytes imported; /* of a re-export: its name in that dylib, without a NUL, in the trie;
                              empty when it is the same */
};

/* A walk over the exports in the order of their names, byte by byte. Takes memory of an eighth of
 * the trie, and of the longest name and the edges that wait beside it. */
struct exports_cursor {
    struct bytes trie;
    uint64_t *taken; /* a bit for each byte of the trie: whether a node holds it */
    struct waiting_edge {
        uint32_t text;  /* where its characters are in the trie */
        uint32_t size;  /* how many */
        uint32_t node;  /* where it leads */
        uint32_t depth; /* how many characters come before it */
    } * edges;          /* the next one last */
    size_t edge_count;
    size_t edge_capacity;
    struct waiting_edge *scratch; /* for sorting some of them */
    size_t scratch_capacity;
    char *name; /* to where the walk stands */
    size_t name_capacity;
    size_t shared; /* how much of the last export's name is still in `name` */
};

/* The trie is at most 4 GiB, as its load command says. Release with exports_trie_end, wherever the
 * walk has stopped. */
void exports_trie_start(struct bytes trie, struct exports_cursor *cursor);
/* The next export; false after the last one, with error->kind ERROR_NONE, or ERROR_MALFORMED, the
 * field "exports trie". What dyld refuses is refused (mach_o/ExportsTrie.cpp, recurseTrie and
 * terminalPayloadToSymbol; what is in an export follows dyld/Loader.cpp, hasExportedSymbol):
 * numbers, nodes and names that do not end in the trie, exports past their size, unknown flags. So
 * is what only a trie made by hand has: a node that two edges lead to, or that lies over another
 * one; a name with two exports; an edge that another one of the same node begins with, for dyld
 * looks no further than the first that fits. An edge without characters is walked, as dyld does
 * (common/MachOFile.cpp, trieWalk): ld64 up to Xcode 13 wrote one where a name begins an earlier
 * one. Time is in proportion to the trie, whatever it holds. */
bool exports_trie_next(struct exports_cursor *cursor, struct export *export, struct error *error);
/* After the last export: the first run of bytes from `from` on, [*start, *end), that no node
 * holds. False for none. */
bool exports_trie_gap(const struct exports_cursor *cursor, size_t from, size_t *start, size_t *end);
void exports_trie_end(struct exports_cursor *cursor);

#endif
