/* Diagnosis: what a report means, from its words and from how its images lay. */
#ifndef VAFIT_CRASH_DIAGNOSIS_H
#define VAFIT_CRASH_DIAGNOSIS_H

#include "base/options.h"
#include "crash/crash_report.h"
#include "crash/observed_layout.h"
#include "crash/prediction.h"
#include "crash/signature.h"

/* Whether it is this program's size. */
enum is_size { SIZE_UNDECIDED, SIZE_IS, SIZE_IS_NOT };

/* What is known beside the report's words. Nothing here is owned. */
struct circumstances {
    const struct crash_report *report;
    const struct observed_layout *layout;
    const struct prediction *prediction; /* NULL without a build to compare */
    const char *report_path;             /* as the user named it */
    const char *executable;              /* likewise; NULL without a build */
    const char *options;                 /* those of this run, each after a space; "" for none */
};

/* Lives in the arena. */
struct diagnosis {
    enum cause cause;
    enum is_size is_size;
    const char *what;          /* what happened, as it goes on from the program's name */
    const char *why;           /* one sentence without a full stop */
    const char *detail;        /* the library, symbol or image that it is about; NULL for none */
    struct string_list advice; /* commands that can be pasted */
};

void diagnosis_make(struct arena *arena, const struct circumstances *circumstances,
                    struct diagnosis *diagnosis);

#endif
