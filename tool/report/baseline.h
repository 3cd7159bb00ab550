/* Baselines: what each program needed when somebody last looked, as a small JSON file to commit.
 * Schema "vafit.baseline/1": {"schema", "programs": [{"executable", "arch", "profile", "sum"}],
 * "images": {"PATH (ARCH)": bytes}}. Earlier versions wrote no images. */
#ifndef VAFIT_REPORT_BASELINE_H
#define VAFIT_REPORT_BASELINE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "program/load_order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct baseline_row {
    const char *executable; /* as it was given on the command line */
    const char *arch;
    const char *profile;
    uint64_t sum; /* bytes: "va"."sum" of the check's report */
};

/* An image of any of the programs. */
struct baseline_image {
    const char *name; /* "out/libbase.dylib (arm64)" */
    uint64_t va;      /* bytes of address space */
};

struct baseline {
    struct baseline_row *items; /* sorted when written */
    size_t count;
    size_t capacity;
    struct baseline_images {
        struct baseline_image *items; /* sorted once read */
        size_t count;
        size_t capacity;
    } images;
};

/* Everything lives in the arena. Errors: ERROR_MALFORMED naming the member. */
bool baseline_from_json(struct arena *arena, const char *text, size_t size,
                        struct baseline *baseline, struct error *error);
/* Records a program and its images, in place of what was recorded. */
void baseline_record(struct arena *arena, struct baseline *baseline, const struct program *program,
                     const char *profile, uint64_t sum);
/* The images that grew most since the baseline was read, at most three: "out/liba.dylib 20.0 MiB,
 * out/libb.dylib 8.0 MiB (new)". In the arena; NULL when none did, or none is known. */
const char *baseline_grown(struct arena *arena, const struct baseline *baseline,
                           const struct program *program);
void baseline_write(struct baseline *baseline, struct text *out);
/* The row of that program, or NULL. */
struct baseline_row *baseline_find(const struct baseline *baseline, const char *executable,
                                   const char *arch, const char *profile);

#endif
