/* What consolidated programs load, held against what they loaded before. */
#ifndef VAFIT_FIX_MERGE_LOADS_H
#define VAFIT_FIX_MERGE_LOADS_H

#include "fix/merge_apply.h"
#include "program/load_order.h"

/* LC_RPATHs of parts count for all of them now: what `before` found `after` must find still, in its
 * new place. Adds an error, ERROR_MALFORMED, for each image that it would not load. */
void merge_compare_loads(struct arena *arena, const struct merge_job *job,
                         const struct program *before, const struct program *after,
                         struct errors *errors);

#endif
