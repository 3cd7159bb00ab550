/* Baselines: what each program needed when somebody last looked, as a small JSON file to commit.
 * Schema "vafit.baseline/1": {"schema", "programs": [{"executable", "arch", "profile", "sum"}]}. */
#ifndef VAFIT_REPORT_BASELINE_H
#define VAFIT_REPORT_BASELINE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct baseline_row {
    const char *executable; /* as it was given on the command line */
    const char *arch;
    const char *profile;
    uint64_t sum; /* bytes: "va"."sum" of the check's report */
};

struct baseline {
    struct baseline_row *items; /* sorted when written */
    size_t count;
    size_t capacity;
};

/* Everything lives in the arena. Errors: ERROR_MALFORMED naming the member. */
bool baseline_from_json(struct arena *arena, const char *text, size_t size,
                        struct baseline *baseline, struct error *error);
void baseline_write(struct baseline *baseline, struct text *out);
/* The row of that program, or NULL. */
struct baseline_row *baseline_find(const struct baseline *baseline, const char *executable,
                                   const char *arch, const char *profile);

#endif
