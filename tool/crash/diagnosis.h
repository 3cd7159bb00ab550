/* Diagnosis: what a report means, from its words and from how its images lay. */
#ifndef VAFIT_CRASH_DIAGNOSIS_H
#define VAFIT_CRASH_DIAGNOSIS_H

#include "crash/crash_report.h"
#include "crash/signature.h"

/* Lives in the arena. */
struct diagnosis {
    enum cause cause;
    const char *what; /* what happened, as it goes on from the program's name */
    const char *why;  /* one sentence without a full stop */
};

void diagnosis_make(struct arena *arena, const struct crash_report *report,
                    struct diagnosis *diagnosis);

#endif
