/* The symbols of two slices, held against each other. */
#ifndef VAFIT_REWRITE_COMPARE_SYMBOLS_H
#define VAFIT_REWRITE_COMPARE_SYMBOLS_H

#include "base/bytes.h"
#include "base/error.h"
#include "rewrite/level.h"

struct compared_symbols {
    struct bytes table; /* nlist_64 entries */
    struct bytes pool;
    struct bytes indirect; /* 32-bit entries */
    struct bytes head;     /* header and load commands, for LC_DYSYMTAB */
};

/* As compare_slices says of symbols and the indirect table, where what `level` drops may be gone.
 * The first difference of each kind is added to *errors. */
void compare_symbol_tables(const struct compared_symbols *old, const struct compared_symbols *new,
                           const struct level *level, struct errors *errors);

#endif
