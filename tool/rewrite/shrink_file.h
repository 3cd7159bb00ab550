/* One image file rewritten and brought to disk. Only this file knows the order of the steps:
 * rewrite, sign, verify, commit. Nothing takes a name before it is whole and verified. */
#ifndef VAFIT_REWRITE_SHRINK_FILE_H
#define VAFIT_REWRITE_SHRINK_FILE_H

#include "base/arena.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "program/image_file.h"
#include "rewrite/image_rewrite.h"
#include "rewrite/options.h"

#include <stdbool.h>
#include <stdint.h>

/* What became of one file: bytes of __LINKEDIT, over all slices that were rewritten. */
struct shrunk {
    uint64_t before;
    uint64_t after;
    uint64_t unclaimed; /* of the file, that no table reached and that are gone */
};

/* Where the original of `target` stays: "NAME.unstripped". In the arena; NULL for nowhere, as at a
 * level that loses nothing. */
const char *shrink_file_original(struct arena *arena, const struct rewrite_options *options,
                                 const char *target);

/* Makes the new file for `target` of `file`, which is open and whose images were read: writes it,
 * signs it again if there is an identity, compares it with the original and syncs it. It then waits
 * in *new_file for its name. After an error nothing is left. Errors: those of image_rewrite_plan,
 * image_rewrite_sign and sign_by_command; ERROR_IO; ERROR_MALFORMED naming the first difference
 * from the original. */
bool shrink_file_make(const struct rewrite_options *options, const struct image_file *file,
                      const char *target, struct atomic_file *new_file, struct error *error);
/* Likewise, of a rewriting that was measured of the same file at the same level. It is freed. */
bool shrink_file_make_measured(const struct rewrite_options *options, const struct image_file *file,
                               const char *target, struct image_rewrite *measured,
                               struct atomic_file *new_file, struct error *error);

/* Likewise; then puts the original aside and lets the new file take the name `target`: of the file
 * itself, under a journal, where that is its path. Where nothing would change in place, nothing is
 * touched. After an error the target is what it was, or what was linked meanwhile, and nothing else
 * is left. */
bool shrink_file(const struct rewrite_options *options, const struct image_file *file,
                 const char *target, struct shrunk *shrunk, struct error *error);

#endif
