/* Needed: the least level at which the rewriting of one file makes the programs that load it fit.
 */
#ifndef VAFIT_PLAN_NEEDED_H
#define VAFIT_PLAN_NEEDED_H

#include "base/arena.h"
#include "base/error.h"
#include "images/program.h"
#include "plan/problem.h"

#include <stddef.h>

struct needing {
    struct program *const *programs; /* walked */
    size_t program_count;
    const struct profile *profile;
    const struct limits *limits;
    struct predicting predicting; /* with the levels that are tried */
};

/* Finds the least level at which `file`, which the programs load, makes them fit while all other
 * files stay as they are: *level is NULL when it may stay too. Where no level suffices it is the
 * highest, unless that frees nothing. Missing dylibs count for nothing. The arena of the library
 * that holds the file is added to. Errors: those of rewriting_plan. */
bool needed_level(struct arena *arena, struct arena *library_arena, const struct needing *needing,
                  const struct image_file *file, const struct level **level, struct error *error);

#endif
