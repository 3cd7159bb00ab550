/* Needed: the least level at which the rewriting of one file makes the programs that load it fit.
 */
#ifndef VAFIT_FIX_MIN_LEVEL_H
#define VAFIT_FIX_MIN_LEVEL_H

#include "base/arena.h"
#include "base/error.h"
#include "fix/predict.h"
#include "program/load_order.h"

#include <stddef.h>

/* Finds the least level at which `file`, which the programs load, makes them fit while all other
 * files stay as they are, at the levels that the options of `input` have: *level is NULL when it
 * may stay too. Where no level suffices it is the highest, unless that frees nothing. Missing
 * dylibs count for nothing. The arena of the cache that holds the file is added to. Errors: those
 * of image_rewrite_plan. */
bool min_level(struct arena *arena, struct arena *cache_arena, const struct predict_input *input,
               const struct image_file *file, const struct level **level, struct error *error);

#endif
