/* Seals made anew: when images in a sealed bundle are replaced, the seal that lists them, the
 * signature that holds the seal's hash, and whatever seals that in turn go with them, inside out.
 *
 * Only what is signed ad hoc, for nobody but an identity can seal for it. What changes are hashes,
 * each for one as long: all else in a seal stays, byte for byte, so that sealing again after the
 * old images are back gives the old seal. */
#ifndef VAFIT_REWRITE_RESEAL_H
#define VAFIT_REWRITE_RESEAL_H

#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"
#include "commit/replacement.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether files at these paths may be replaced: none is in a bundle whose seal an identity made,
 * unless there is one now (`identity`, or NULL). Errors: ERROR_MALFORMED naming the bundle. */
bool reseal_allowed(const struct string_list *paths, const char *identity, struct error *error);

/* Whether a file at `path` is in a sealed bundle, and then the folder of the outermost one; NULL
 * for none. In the arena. */
const char *reseal_outermost(struct arena *arena, const char *path);

/* Removes what an ended run left as new seals and executables of the bundles around `path`. Errors:
 * those of atomic_file_sweep. */
bool reseal_sweep(const char *path, struct error *error);

/* What goes with the replacements. Zero-initialise it. */
struct resealed_files {
    struct replacement **items; /* in the arena; they end like those that were given */
    size_t count;
    size_t capacity;
};

/* Makes the new seals and executables of all bundles around the targets of the items, which are
 * made and have taken no name yet. The new file of an executable that is among them is changed, and
 * no hard link of another file then. A bundle whose seal did not fit before, is not understood, or
 * is an identity's, keeps it: a line on standard error says so. After an error the items made so
 * far are in *resealed. Errors: ERROR_IO. */
bool reseal(struct arena *arena, struct replacement *items, size_t count,
            struct resealed_files *resealed, struct error *error);

#endif
