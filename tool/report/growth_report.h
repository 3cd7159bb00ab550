/* The report of `diff`: what grew between two reports of check, in several formats. */
#ifndef VAFIT_REPORT_GROWTH_REPORT_H
#define VAFIT_REPORT_GROWTH_REPORT_H

#include "base/text.h"
#include "report/growth.h"

/* Nothing here is owned. */
struct growth_report {
    const char *base, *head; /* the files, as they were given */
    struct growth growth;
    bool has_max_growth;
    uint64_t max_growth; /* bytes that the sum of a program may have grown by */
    size_t top;          /* text and Markdown: images that are shown of a program */
    bool color;          /* text */
};

/* A format that it can be written in. */
struct growth_format {
    const char *name; /* of --format */
    void (*write)(const struct growth_report *report, struct text *out);
};

/* The format of that name; NULL for an unknown one. */
const struct growth_format *growth_format_named(const char *name);
/* The name of format i; NULL after the last. */
const char *growth_format_name(size_t i);

/* Whether the program grew by more than the report allows. */
bool growth_report_exceeds(const struct growth_report *report,
                           const struct program_growth *program);
/* "grew by 64.0 MiB", "shrank by 1 byte", "is as large as it was", "is new", "is gone", with what
 * was allowed where it grew by more. */
void growth_add_verdict(const struct growth_report *report, const struct program_growth *program,
                        struct text *out);
/* "+64.0 MiB", "-1 byte", "0 bytes". */
void growth_add_signed(int64_t growth, struct text *out);
/* The share of launches that the model expects to abort, of a program in both: "2.17 %, was 0.00
 * %", without the second where they are the same; "-" where the profile has no window. */
void growth_add_change_of_odds(const struct program_growth *program, struct text *out);
/* Where dylibs are missing: "dylibs that are missing: 3, were missing: 1; what they need is not in
 * the sums". Of a program in both. False, and nothing, where none is. */
bool growth_add_missing(const struct program_growth *program, struct text *out);
/* Whether the program is the one before it for another profile, with the same images. */
bool growth_repeats(const struct growth_report *report, size_t program);

/* The writers. */
void growth_write_text(const struct growth_report *report, struct text *out);
void growth_write_markdown(const struct growth_report *report, struct text *out);
void growth_write_json(const struct growth_report *report, struct text *out);

#endif
