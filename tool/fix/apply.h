/* Fixing: a plan carried out, all files at once. */
#ifndef VAFIT_FIX_APPLY_H
#define VAFIT_FIX_APPLY_H

#include "base/arena.h"
#include "base/error.h"
#include "commit/journal.h"
#include "commit/replacement.h"
#include "fix/output_paths.h"
#include "fix/predict.h"
#include "rewrite/shrink_file.h"

#include <stdbool.h>
#include <stddef.h>

struct fix_job {
    struct predictions *predictions;
    const struct plan *plan;
    const struct output_paths *placed;
    bool copies; /* files that stay as they are go to their targets too, as copies */
    struct rewrite_options
        options; /* but for its level and world, and its threads, which all files share */
    bool quiet;
};

/* What was carried out and can still be taken back. Zero-initialise it. */
struct applied_fix {
    struct arena arena;
    struct replacement *items; /* originals that are put aside, then new files */
    size_t count;
    size_t capacity;
    struct string_list links; /* symbolic links that were made */
    struct journal journal;
};

/* Makes every new file, on several threads within the memory of the problem, proves each, puts the
 * originals of those that are rewritten aside, and lets all take their names: a file that programs
 * load by several hard links under all of these. End it with applied_fix_keep or
 * applied_fix_take_back. When anything fails all is as before: all errors are added to *errors, and
 * false is returned. Errors: ERROR_USAGE for two originals of one name in the folder of
 * --unstripped, ERROR_IO, ERROR_MALFORMED. */
bool fix_apply(const struct fix_job *job, struct applied_fix *fixed, struct errors *errors);
void applied_fix_keep(struct applied_fix *fixed);
/* All is as before. Errors, ERROR_IO, are added; false when there are any. */
bool applied_fix_take_back(struct applied_fix *fixed, struct errors *errors);

#endif
