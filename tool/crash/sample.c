#include "crash/sample.h"

#include "base/progress.h"

#include <string.h>
#include <time.h>

/* Bytes of standard error: dyld's message is one of its first lines. */
enum { MOST_ERRORS = 65536 };
/* Seconds without a new crash report until no more are waited for. */
enum { PATIENCE = 10, LOOKS_A_SECOND = 5 };
/* What a shell's exit status is when a signal has ended its command. */
enum { SHELL_SIGNAL = 128 };

struct sample {
    struct arena *arena;
    const struct sample_plan *plan;
    struct sampled_launches *launches;
    struct report_folder folder;
    bool has_folder;
};

bool cause_is_sampled(enum cause cause) {
    return cause == CAUSE_MALLOC_WINDOW || cause == CAUSE_SHARED_REGION;
}

size_t sample_aborts(const struct sampled_launches *launches, enum cause cause) {
    size_t count = 0;
    for (size_t i = 0; i < launches->count; i++)
        count += launches->items[i].outcome == LAUNCH_ABORTED && launches->items[i].cause == cause;
    return count;
}

static bool can_be_explained(const struct sampled_launch *launch) {
    return launch->outcome == LAUNCH_ABORTED &&
           (launch->report != NULL || launch->cause != CAUSE_UNKNOWN);
}

const struct sampled_launch *sample_to_keep(const struct sampled_launches *launches) {
    const struct sampled_launch *first = NULL;
    for (size_t i = 0; i < launches->count; i++) {
        const struct sampled_launch *launch = &launches->items[i];
        if (!can_be_explained(launch))
            continue;
        if (cause_is_sampled(launch->cause))
            return launch;
        if (first == NULL)
            first = launch;
    }
    return first;
}

/* --- launches --- */

static enum cause cause_of(const char *words) {
    const struct signature *signature = signature_find(words);
    return signature == NULL ? CAUSE_UNKNOWN : signature->cause;
}

/* A program that goes on to run others may end with any status, and print any words. */
static enum launch_outcome outcome_of(const struct subprocess_launch *ended, enum cause cause) {
    if (ended->was_ended)
        return LAUNCH_RAN;
    if (ended->end.signal != 0 || (ended->end.status > SHELL_SIGNAL && cause != CAUSE_UNKNOWN))
        return LAUNCH_ABORTED;
    return LAUNCH_ENDED;
}

/* What was written, up to its end whatever is in it. */
static const char *words_of(struct arena *arena, const struct text *errors) {
    char *words = arena_copy(arena, errors->data == NULL ? "" : errors->data, errors->size);
    for (size_t i = 0; i < errors->size; i++)
        if (words[i] == '\0')
            words[i] = ' ';
    return words;
}

static bool launch_once(struct sample *sample, struct error *error) {
    const struct sample_plan *plan = sample->plan;
    const struct launch_limits limits = {plan->seconds, MOST_ERRORS};
    struct subprocess_launch ended;
    struct text errors = {0};
    if (!subprocess_launch(plan->command, &limits, &errors, &ended, error)) {
        text_free(&errors);
        return false;
    }
    struct sampled_launch *launch = vector_push(sample->arena, sample->launches);
    *launch = (struct sampled_launch){.process = ended.process, .end = ended.end};
    launch->errors = words_of(sample->arena, &errors);
    launch->cause = cause_of(launch->errors);
    launch->outcome = outcome_of(&ended, launch->cause);
    text_free(&errors);
    return true;
}

static bool launch_all(struct sample *sample, struct error *error) {
    struct progress *progress = progress_begin("launches", sample->plan->launches, false);
    bool good = true;
    for (size_t i = 0; good && i < sample->plan->launches && subprocess_signal() == 0; i++) {
        good = launch_once(sample, error);
        progress_step(progress);
    }
    progress_end(progress);
    return good;
}

/* --- their crash reports --- */

static bool is_of(const struct sample_plan *plan, const struct crash_report *report,
                  const struct sampled_launch *launch) {
    if (launch->outcome != LAUNCH_ABORTED || launch->report != NULL)
        return false;
    if (!plan->is_indirect)
        return report->process_number == (uint64_t)launch->process;
    return report->process != NULL && strcmp(report->process, plan->process) == 0;
}

/* The first launch that the report can be of. */
static void take_report(struct sample *sample, const struct new_report *new) {
    for (size_t i = 0; i < sample->launches->count; i++) {
        struct sampled_launch *launch = &sample->launches->items[i];
        if (!is_of(sample->plan, &new->report, launch))
            continue;
        launch->report = new->path;
        if (launch->cause == CAUSE_UNKNOWN)
            launch->cause = cause_of(crash_report_evidence(&new->report));
        return;
    }
}

/* The abort that is kept is to have a report, and each whose cause is not known. */
static bool wants_reports(const struct sampled_launches *launches) {
    const struct sampled_launch *kept = sample_to_keep(launches);
    for (size_t i = 0; i < launches->count; i++) {
        const struct sampled_launch *launch = &launches->items[i];
        if (launch->outcome == LAUNCH_ABORTED && launch->cause == CAUSE_UNKNOWN &&
            launch->report == NULL)
            return true;
    }
    return kept != NULL && kept->report == NULL;
}

static size_t look(struct sample *sample) {
    struct new_reports reports = {0};
    report_folder_look(&sample->folder, &reports);
    for (size_t i = 0; i < reports.count; i++)
        take_report(sample, &reports.items[i]);
    return reports.count;
}

static void wait_for_reports(struct sample *sample) {
    const struct timespec pause = {0, 1000000000 / LOOKS_A_SECOND};
    int looks = 0;
    while (wants_reports(sample->launches) && looks < PATIENCE * LOOKS_A_SECOND &&
           subprocess_signal() == 0) {
        looks = look(sample) == 0 ? looks + 1 : 0;
        if (wants_reports(sample->launches))
            nanosleep(&pause, NULL);
    }
}

bool sample_take(struct arena *arena, const struct sample_plan *plan,
                 struct sampled_launches *launches, struct error *error) {
    struct sample sample = {.arena = arena, .plan = plan, .launches = launches};
    sample.has_folder = report_folder_open(arena, plan->reports, &sample.folder);
    bool taken = launch_all(&sample, error);
    if (taken && sample.has_folder)
        wait_for_reports(&sample);
    report_folder_close(&sample.folder);
    return taken;
}
