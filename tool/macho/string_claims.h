/* Which runs of a string pool no symbol's name touches. */
#ifndef VAFIT_MACHO_STRING_CLAIMS_H
#define VAFIT_MACHO_STRING_CLAIMS_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A walk over them. */
struct string_claims {
    struct bytes pool;
    uint64_t *starts; /* a bit for each byte of the pool: whether a symbol's name begins there */
    size_t at;        /* where the next piece begins */
};

/* Looks at all nlist_64 entries of `table`: their names, and the second ones of N_INDR, which
 * n_value holds. The name at index 0, which stands for no name (<mach-o/nlist.h>), touches what is
 * no longer than the " " of Apple's linkers. Release with string_claims_end. */
void string_claims_begin(struct bytes pool, struct bytes table, struct string_claims *claims);
/* The next run, [*start, *end), that no name touches and that does not look like names: each
 * NUL-ended piece of them is printable ASCII and begins with '_', "-[", "+[", "l_", "L_" or "ltmp".
 * False after the last. */
bool string_claims_next(struct string_claims *claims, size_t *start, size_t *end);
void string_claims_end(struct string_claims *claims);

#endif
