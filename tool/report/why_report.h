/* The report of `why`: how an image comes to be loaded. */
#ifndef VAFIT_REPORT_WHY_REPORT_H
#define VAFIT_REPORT_WHY_REPORT_H

#include "base/text.h"
#include "program/dominators.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One image in one program. Nothing here is owned. */
struct why_report {
    const struct program *program;
    const struct system_image *system; /* NULL for an image of the program's own */
    size_t image;                      /* of the program; for a system image nothing */
    struct image_list chain;           /* for a system image without itself */
    struct loaders loaders;
    struct image_list only_through; /* `image` itself among them */
    uint64_t bytes;                 /* address space of all of only_through */
};

struct why_reports {
    struct why_report *items;
    size_t count;
    size_t capacity;
};

/* `verbose`: every image that asks for it, not only the first WHY_MOST_LOADERS. */
enum { WHY_MOST_LOADERS = 10 };
void why_write_text(const struct why_reports *reports, bool verbose, struct text *out);
/* Schema "vafit.why/1": docs/reports.md describes it. */
void why_write_json(const struct why_reports *reports, struct text *out);

#endif
