/* The report of `sample`: how often launches aborted, beside what was predicted. */
#ifndef VAFIT_REPORT_SAMPLE_REPORT_H
#define VAFIT_REPORT_SAMPLE_REPORT_H

#include "base/interval.h"
#include "crash/sample.h"
#include "program/judged_program.h"

#include <stdbool.h>
#include <stddef.h>

/* The program judged for one system. Nothing here is owned. */
struct predicted_system {
    const struct judged_program *judged;
    struct judgement judgement;
};

struct predicted_systems {
    struct predicted_system *items; /* in the order of the architectures, and then of the systems */
    size_t count;
    size_t capacity;
};

/* Nothing here is owned. */
struct sample_report {
    const char *executable; /* as the user named it */
    const char *os;         /* the running system, "macOS 26.3"; NULL where that is not known */
    unsigned seconds;       /* that a launch had */
    const struct sampled_launches *launches;
    const struct predicted_systems *systems;
    const struct sampled_launch *kept; /* the abort that is kept for `explain`; NULL for none */
    const char *kept_in;               /* the file that it is kept in; NULL for none */
    const char *command;               /* what explains it; NULL for none */
};

/* What was seen of a cause. Launches that aborted for another cause tell nothing and are left out.
 */
struct observed_cause {
    enum cause cause;
    size_t aborts;
    size_t launches;
    struct interval interval;
};

/* The causes that are set against the prediction, in order; false at the end. */
bool sample_observed(const struct sample_report *report, size_t i, struct observed_cause *observed);

/* The share of launches that a system predicts for a cause; of the malloc window that is of all
 * launches, and at the worst slide, so that it is at most that. */
struct cause_prediction {
    bool applies; /* the system has such a limit, and the program can meet it */
    double share;
    uint64_t hit; /* places or slides */
    uint64_t of;
};
struct cause_prediction sample_predicted(const struct predicted_system *system, enum cause cause);

/* How many launches ended with that exit status. */
struct ended_launches {
    int status;
    size_t launches;
};
/* The i-th lowest exit status of launches that ended by themselves; false at the end. */
bool sample_ended(const struct sample_report *report, size_t i, struct ended_launches *ended);

/* Dylibs that were not found and are not linked weakly: the prediction is without them. */
size_t sample_missing(const struct program *program);

size_t sample_with_outcome(const struct sample_report *report, enum launch_outcome outcome);

/* As text, broken at `width` columns, 0 for none; and as "vafit.sample/1". */
void sample_write_text(const struct sample_report *report, size_t width, struct text *out);
void sample_write_json(const struct sample_report *report, struct text *out);

#endif
