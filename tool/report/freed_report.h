/* The report of `shrink --dry-run`: what each level would free of images. */
#ifndef VAFIT_REPORT_FREED_REPORT_H
#define VAFIT_REPORT_FREED_REPORT_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum { FREED_MOST_LEVELS = 8 };

/* One image. Bytes of __LINKEDIT, over all its slices. */
struct freed_image {
    const char *path;
    uint64_t linkedit;                 /* as it is */
    uint64_t freed[FREED_MOST_LEVELS]; /* by each level of level_name_alone, in its order */
};

struct freed_report {
    struct freed_image *items;
    size_t count;
    size_t capacity;
};

/* A line an image, and one for the sum of several. */
void freed_write_text(const struct freed_report *report, struct text *out);
/* Schema "vafit.shrink/1": docs/reports.md describes it. */
void freed_write_json(const struct freed_report *report, struct text *out);

#endif
