/* What ended runs of consolidate left. */
#ifndef VAFIT_FIX_MERGE_RESUME_H
#define VAFIT_FIX_MERGE_RESUME_H

#include "base/arena.h"
#include "base/error.h"
#include "commit/journal.h"
#include "program/image_file.h"

#include <stdbool.h>
#include <stddef.h>

/* The files of programs, and where their originals stay, as original_path reads it. */
struct merge_traces {
    struct arena *arena;
    struct image_file *const *files;
    size_t count;
    const char *unstripped;
};

/* Resumes what journals beside the files say, and beside those that were replaced for the merged
 * images among them; new files without a journal go. Errors: those of journal_resume and
 * atomic_file_sweep. */
bool merge_resume(const struct merge_traces *traces, bool take_back, struct resumed *resumed,
                  struct error *error);
/* Removes merged images in the folders of the files that none of these is, and for which nothing is
 * replaced any more: an ended run left them, or all was linked again. A file that vafit did not
 * write stays. Errors: ERROR_IO. */
bool merge_remove_unneeded(const struct merge_traces *traces, struct error *error);
/* Removes originals that are only other names of their files, as an ended run leaves them. Errors:
 * ERROR_IO. */
bool merge_remove_idle_originals(const struct merge_traces *traces, struct error *error);

#endif
