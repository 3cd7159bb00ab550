/* Fixing: a plan carried out, all files at once. */
#ifndef VAFIT_PLAN_FIXING_H
#define VAFIT_PLAN_FIXING_H

#include "base/error.h"
#include "plan/placing.h"
#include "plan/problem.h"
#include "rewrite/shrinking.h"

#include <stdbool.h>
#include <stddef.h>

struct fixing {
    struct problem *problem;
    const struct plan *plan;
    const struct placed_file *placed; /* one a file of the problem */
    bool copies; /* files that stay as they are go to their targets too, as copies */
    struct shrinking
        shrinking;       /* but for its level and world, and its threads, which all files share */
    const char *journal; /* where the journal is while files take their names */
    unsigned jobs;
    bool quiet;
};

/* Makes every new file, on several threads within the memory of the problem, proves each, puts the
 * originals of those that are rewritten aside, and lets all take their names. When anything fails
 * nothing has taken a name: all errors are added to *errors, and false is returned. Only the taking
 * of names itself, renames, can fail halfway; the journal then is gone, and running it again goes
 * on. */
bool fixing_do(const struct fixing *fixing, struct errors *errors);

#endif
