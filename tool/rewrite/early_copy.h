/* Early copies: what a rewriting leaves as it is, written while the rest is planned. */
#ifndef VAFIT_REWRITE_EARLY_COPY_H
#define VAFIT_REWRITE_EARLY_COPY_H

#include "base/error.h"
#include "base/new_file.h"
#include "base/parallel.h"
#include "images/image_file.h"

#include <stdbool.h>
#include <stdint.h>

struct early_copy {
    const struct image_file *old;
    const char *target;
    struct new_file file; /* for the target */
    uint64_t size;        /* bytes from the old file's start that the new one has */
    bool is_made;         /* `file` is one */
    struct error error;   /* why it is not, or could not be written */
    struct background copying;
};

/* Makes a new file for `target` and begins to copy what lies before __LINKEDIT of a thin file to
 * it; in a universal one the slices may move. Only for a rewriting that is sure to be written.
 * `old` is open, its images were read; both must outlive the copy, which must not move. End it with
 * early_copy_end. `hurried` as of a struct new_file. */
void early_copy_begin(struct early_copy *copy, const struct image_file *old, const char *target,
                      bool hurried);
/* Waits for the copying. `wanted` is false when there is nothing to be written after all: the new
 * file is discarded then, and false is returned without an error. Errors: ERROR_IO naming the
 * target; the new file is discarded. */
bool early_copy_end(struct early_copy *copy, bool wanted, struct error *error);

#endif
