/* Reads what `vafit check --format json` wrote (vafit.check/1, and vafit.checks/1 with --compact):
 * of each program what can grow. */
#ifndef VAFIT_REPORT_CHECK_READ_H
#define VAFIT_REPORT_CHECK_READ_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct checked_image {
    const char *path; /* comes twice where two names are no UTF-8 and differ only there */
    uint64_t va;      /* bytes of address space */
};

/* One entry of "programs". */
struct checked_program {
    const char *executable;
    const char *arch;
    const char *profile;
    uint64_t sum;      /* bytes: "va"."sum" */
    uint64_t top_slid; /* address: "placement"."top_slid" */
    bool has_window;   /* "malloc_window" is not null */
    uint64_t slots_hit;
    uint64_t slots;   /* not 0, and not less than slots_hit */
    uint64_t missing; /* dylibs that were not found and may not be missing: sums are too low */
    struct checked_images {
        struct checked_image *items; /* in loading order */
        size_t count;
        size_t capacity;
    } images;
};

/* Zero-initialise it. One entry comes twice where an executable was given twice. */
struct checked_programs {
    struct checked_program *items; /* in the order of the report */
    size_t count;
    size_t capacity;
};

/* All versions of vafit have written the members that are read, so that reports of earlier ones can
 * be read; other members may be missing. Everything lives in the arena. Errors: ERROR_MALFORMED
 * naming the member. */
bool check_read(struct arena *arena, const char *text, size_t size,
                struct checked_programs *programs, struct error *error);

#endif
