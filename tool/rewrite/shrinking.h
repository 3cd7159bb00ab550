/* Shrinking: one image file rewritten at a level and brought to disk, from plan to original. */
#ifndef VAFIT_REWRITE_SHRINKING_H
#define VAFIT_REWRITE_SHRINKING_H

#include "base/arena.h"
#include "base/error.h"
#include "base/new_file.h"
#include "images/image_file.h"
#include "rewrite/level.h"

#include <stdbool.h>
#include <stdint.h>

/* How, for any number of files. */
struct shrinking {
    const struct level *level;
    const struct closed_world *world; /* as in struct packing */
    const char *unstripped; /* the folder where originals stay; "none" for nowhere, NULL for beside
                               the new file */
    const char *identity;   /* as in struct replacing */
    bool drop_unclaimed;    /* as in struct packing; the original stays then at every level */
    bool verify;            /* as in struct replacing */
    unsigned jobs;          /* threads, at least 1 */
    bool linked; /* the file was just linked: a rewriting in place is most likely needed, so that it
                    begins before that is known, and nobody waits for the disk, as nobody did for
                    the linker's output */
};

/* What became of one file: bytes of __LINKEDIT, over all slices that were rewritten. */
struct shrunk {
    uint64_t before;
    uint64_t after;
    uint64_t unclaimed; /* of the file, that no table reached and that are gone */
};

/* Where the original of `target` stays: "NAME.unstripped". In the arena; NULL for nowhere, as at a
 * level that loses nothing. */
const char *shrinking_original(struct arena *arena, const struct shrinking *shrinking,
                               const char *target);

/* Makes the new file for `target` of `file`, which is open and whose images were read, as
 * replace_make does; it then waits in *new_file. Errors: those of rewriting_plan, rewriting_sign
 * and replace_make. */
bool shrinking_make(const struct shrinking *shrinking, const struct image_file *file,
                    const char *target, struct new_file *new_file, struct error *error);

/* Rewrites `file`, which is open and whose images were read, to `target`. Where target is the path
 * of the file itself and nothing would change, nothing is touched. Errors: those of rewriting_plan,
 * rewriting_sign and replace_with, after which the target is what it was. */
bool shrinking_do(const struct shrinking *shrinking, const struct image_file *file,
                  const char *target, struct shrunk *shrunk, struct error *error);

#endif
