/* Replace: a rewriting brought to disk. Nothing takes a name before it is whole and proven. */
#ifndef VAFIT_REWRITE_REPLACE_H
#define VAFIT_REWRITE_REPLACE_H

#include "base/error.h"
#include "rewrite/early_copy.h"
#include "rewrite/rewriting.h"

#include <stdbool.h>

struct replacing {
    const char *target;   /* the path the new file takes */
    const char *original; /* where the original stays (original_path); NULL for nowhere */
    const char *identity; /* a command that signs the file whose path it is given, of the leaf name
                             of `target`; NULL for none */
    bool verify;          /* hold the new file against the original before it takes its name */
    const struct level *level;        /* with that: what it drops may be gone, */
    const struct closed_world *world; /* and exports as for compare_slices, */
    bool drop_unclaimed;              /* and bytes that no table reaches */
};

/* Writes the rest of the new file that `copy`, which was ended, began; signs it again if there is
 * an identity, compares it with the original and syncs it. The rewriting is then only good for
 * rewriting_free. The new file waits in *file for new_file_take_place or new_file_discard. After an
 * error nothing is left. `original` is not looked at. Errors: ERROR_IO; ERROR_MALFORMED naming
 * what the comparison found. */
bool replace_make(struct rewriting *rewriting, const struct replacing *replacing,
                  const struct early_copy *copy, struct new_file *file, struct error *error);

/* Likewise; then puts the original aside and lets the new file take the name: of the file itself,
 * under a journal, where the target is its path. After an error the target is what it was, or what
 * was linked meanwhile, and nothing else is left. Errors: ERROR_IO; ERROR_MALFORMED naming what the
 * comparison found. */
bool replace_with(struct rewriting *rewriting, const struct replacing *replacing,
                  const struct early_copy *copy, struct error *error);

#endif
