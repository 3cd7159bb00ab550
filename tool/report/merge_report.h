/* The report of `consolidate`: which dylibs become which image, and why others do not. */
#ifndef VAFIT_REPORT_MERGE_REPORT_H
#define VAFIT_REPORT_MERGE_REPORT_H

#include "base/options.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One merged image. */
struct reported_merge {
    const char *path;
    const char *install_name;
    struct string_list parts; /* paths, in the order of their initialisers */
    uint64_t va_before;       /* bytes of address space of the parts */
    uint64_t va_after;        /* of the merged image; 0 where that is not known */
};

/* What a program is, before or after. Bytes. */
struct reported_state {
    size_t image_count;
    uint64_t va;      /* address space of its images, without __PAGEZERO */
    uint64_t imports; /* that dyld looks up by name */
    uint64_t top;     /* highest end of an image, slide 0 */
    uint64_t top_slid;
};

struct reported_program {
    const char *path;
    const char *architecture;
    struct reported_state before, after; /* after a dry run `after` is predicted */
};

/* An image that stays as it is, and why. */
struct reported_reason {
    const char *path;
    const char *reason;
};

struct merge_report {
    bool is_planned; /* a dry run: nothing was written */
    size_t images_before, images_after;
    const char *profile; /* by which tops are told */
    struct reported_program *programs;
    size_t program_count;
    struct reported_merge *merges;
    size_t merge_count;
    struct reported_reason *reasons; /* of dylibs that are not merged */
    size_t reason_count;
    struct reported_reason *clients; /* of images that keep asking for the old names */
    size_t client_count;
};

void merge_write_text(const struct merge_report *report, struct text *out);
/* Schema "vafit.consolidate/1". */
void merge_write_json(const struct merge_report *report, struct text *out);

#endif
