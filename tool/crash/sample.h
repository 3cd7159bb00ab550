/* Samples: a program launched many times, to see how often a launch aborts, and for what cause. */
#ifndef VAFIT_CRASH_SAMPLE_H
#define VAFIT_CRASH_SAMPLE_H

#include "base/options.h"
#include "base/subprocess.h"
#include "crash/report_folder.h"
#include "crash/signature.h"

#include <stdbool.h>
#include <stddef.h>

enum launch_outcome {
    LAUNCH_RAN,     /* until its time was over: it had started */
    LAUNCH_ENDED,   /* by itself, with an exit status */
    LAUNCH_ABORTED, /* by a signal, or as a shell's exit status says, with a signature */
};

struct sampled_launch {
    enum launch_outcome outcome;
    enum cause cause; /* of an abort */
    long process;
    struct subprocess_end end;
    const char *errors; /* the beginning of its standard error */
    const char *report; /* path of its crash report; NULL for none */
};

struct sampled_launches {
    struct sampled_launch *items; /* in order */
    size_t count;
    size_t capacity;
};

/* How to take a sample. Nothing here is owned. */
struct sample_plan {
    const struct string_list *command; /* the program first */
    const char *process;               /* the name that a report of it has */
    bool is_indirect; /* the command may start the program as another process than its own */
    size_t launches;
    unsigned seconds;    /* of each launch */
    const char *reports; /* folder of the crash reports; NULL for none */
};

/* Launches the command so many times, one after the other, and waits for the crash reports of
 * aborts: until each has its own, or none has come for ten seconds; not at all where there is no
 * such folder. A launch of which standard error does not tell the cause is judged by its report.
 * Ends early when a signal comes for vafit (subprocess_signal). Everything lives in the arena.
 * Errors: ERROR_IO when the program cannot be run. */
bool sample_take(struct arena *arena, const struct sample_plan *plan,
                 struct sampled_launches *launches, struct error *error);

/* Whether the cause is one that a program's size can be: that of the malloc window, or of the
 * shared region. */
bool cause_is_sampled(enum cause cause);
/* Aborts of that cause. */
size_t sample_aborts(const struct sampled_launches *launches, enum cause cause);
/* The abort to keep for `explain`, which has a crash report or a known cause: the first of a cause
 * that is sampled, else the first; NULL for none. */
const struct sampled_launch *sample_to_keep(const struct sampled_launches *launches);

#endif
