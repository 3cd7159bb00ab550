/* The symbols of two slices, compared. */
#ifndef VAFIT_VERIFY_COMPARE_SYMBOLS_H
#define VAFIT_VERIFY_COMPARE_SYMBOLS_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/dysymtab.h"
#include "program/level.h"

struct compared_symbols {
    struct symbol_users users; /* the table, and what names its symbols by their index */
    struct bytes pool;
};

/* As compare_slices says of symbols, the indirect table and external relocations, where what
 * `level` drops may be gone. The first difference of each kind is added to *errors. */
void compare_symbol_tables(const struct compared_symbols *old, const struct compared_symbols *new,
                           const struct level *level, struct errors *errors);

#endif
