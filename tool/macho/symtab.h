/* The symbol table: what each nlist entry is, and whose the bytes of the string pool are. */
#ifndef VAFIT_MACHO_SYMTAB_H
#define VAFIT_MACHO_SYMTAB_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NLIST_SIZE = 16, NLIST_VALUE = 8 }; /* bytes of a nlist_64, and where n_value begins */

/* What a symbol is to the levels of shrinking. A larger value outlives more levels, so that a
 * string used by several symbols belongs to the greatest. */
enum symbol_use {
    SYMBOL_NONE,   /* for bytes of the pool that no symbol uses */
    SYMBOL_STAB,   /* the debug map: N_STAB entries */
    SYMBOL_LOCAL,  /* defined and not external, private externals among them */
    SYMBOL_GLOBAL, /* external: exported or undefined */
    SYMBOL_USES
};

struct nlist {
    uint32_t string_index; /* n_strx: bytes into the string pool */
    uint8_t type;          /* n_type */
    uint8_t section;       /* n_sect, from 1; 0 for none */
    uint16_t description;  /* n_desc */
    uint64_t value;        /* n_value: unslid address, or what a stab means by it */
};

/* Entry i of a table. The caller has checked that it lies inside. Inline, as is nlist_use: tables
 * have millions of entries. */
static inline struct nlist nlist_at(struct bytes table, size_t i) {
    size_t at = i * NLIST_SIZE;
    return (struct nlist){
        .string_index = bytes_u32(table, at),
        .type = bytes_u8(table, at + 4),
        .section = bytes_u8(table, at + 5),
        .description = bytes_u16(table, at + 6),
        .value = bytes_u64(table, at + NLIST_VALUE),
    };
}

static inline enum symbol_use nlist_use(const struct nlist *symbol) {
    if ((symbol->type & N_STAB) != 0)
        return SYMBOL_STAB;
    return (symbol->type & N_EXT) != 0 ? SYMBOL_GLOBAL : SYMBOL_LOCAL;
}

/* Whether n_value is the index of a second name in the pool, which the symbol is another name of.
 */
static inline bool nlist_has_second_name(const struct nlist *symbol) {
    return (symbol->type & N_STAB) == 0 && (symbol->type & N_TYPE) == N_INDR;
}

/* Whether n_value is an address: that of other stabs is a size, a time or nothing. The end of a
 * function is an N_FUN without a section, whose value is its size. */
bool nlist_has_address(const struct nlist *symbol);

/* Whose the bytes of a string pool are: a byte belongs to the greatest use of all the strings that
 * hold it, tail-shared ones among them. The pool is fed in windows from its start to its end, so
 * that it need not be in memory whole. Zero-initialise it. */
struct string_owners {
    uint64_t bytes[SYMBOL_USES]; /* the result so far */
    uint8_t carried;             /* the use of a string that runs on into the next window */
};

/* Takes the next window of the pool: `starts[i]` is the greatest use of the symbols whose string
 * begins at byte i, SYMBOL_NONE where none does. */
void string_owners_feed(struct string_owners *owners, struct bytes window, const uint8_t *starts);

#endif
