/* Level plans (vafit.plan/1): which images of a build its links shrink, and how far. `fix --dry-run
 * --plan` writes one, `link --plan` reads it. */
#ifndef VAFIT_FIX_LEVEL_PLAN_H
#define VAFIT_FIX_LEVEL_PLAN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "program/level.h"

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise it. Everything lives in the arena of the calls. */
struct level_plan {
    struct planned_level {
        const char *path; /* from the folder where the build runs; absolute for one outside of it */
        const struct level *level;
    } * items; /* by path, each once */
    size_t count;
    size_t capacity;
};

/* Reads the file at `path`. Errors: ERROR_IO, also for one that is not there; ERROR_MALFORMED
 * naming the member, also for a level that links do not know. Paths may be spelled in any way that
 * symbolic links have no part in. */
bool level_plan_read(struct arena *arena, const char *path, struct level_plan *plan,
                     struct error *error);
/* The image at `path`, which is there, is shrunk to the level; one that the plan knows, to the
 * higher of the two levels: what was read is shrunk already where the plan has it. Errors:
 * ERROR_IO for a path that is not UTF-8, which JSON cannot hold. */
bool level_plan_add(struct arena *arena, struct level_plan *plan, const char *path,
                    const struct level *level, struct error *error);
/* The level of the image at `path`, which is there; NULL for none. */
const struct level *level_plan_find(struct arena *arena, const struct level_plan *plan,
                                    const char *path);
/* Writes it as JSON. */
void level_plan_write(const struct level_plan *plan, struct text *text);

#endif
