#include "report/sample_report.h"

#include "report/check_report.h"

#include <inttypes.h>
#include <string.h>

/* --- what both formats tell --- */

static const enum cause sampled[] = {CAUSE_MALLOC_WINDOW, CAUSE_SHARED_REGION};

size_t sample_with_outcome(const struct sample_report *report, enum launch_outcome outcome) {
    size_t count = 0;
    for (size_t i = 0; i < report->launches->count; i++)
        count += report->launches->items[i].outcome == outcome;
    return count;
}

bool sample_observed(const struct sample_report *report, size_t i,
                     struct observed_cause *observed) {
    if (i >= sizeof sampled / sizeof sampled[0])
        return false;
    *observed = (struct observed_cause){.cause = sampled[i], .launches = report->launches->count};
    for (int cause = 0; cause < CAUSE_COUNT; cause++)
        if (!cause_is_sampled((enum cause)cause))
            observed->launches -= sample_aborts(report->launches, (enum cause)cause);
    observed->aborts = sample_aborts(report->launches, sampled[i]);
    observed->interval = interval_of(observed->aborts, observed->launches);
    return true;
}

static double share_of(uint64_t hit, uint64_t of) {
    return (double)hit / (double)of;
}

/* A launch that fails at the shared region never comes to malloc's window. */
struct cause_prediction sample_predicted(const struct predicted_system *system, enum cause cause) {
    const struct judgement *judgement = &system->judgement;
    struct cause_prediction prediction = {0};
    bool is_arm64 = strcmp(system->judged->program->architecture->family, "arm64") == 0;
    double past_region = 1;
    if (!is_arm64)
        return prediction;
    if (judgement->has_slides)
        past_region = share_of(judgement->slides - judgement->slides_hit, judgement->slides);
    if (cause == CAUSE_SHARED_REGION && judgement->has_slides)
        prediction = (struct cause_prediction){true, 1 - past_region, judgement->slides_hit,
                                               judgement->slides};
    if (cause == CAUSE_MALLOC_WINDOW && judgement->has_window)
        prediction = (struct cause_prediction){
            true, past_region * share_of(judgement->slots_hit, judgement->slots),
            judgement->slots_hit, judgement->slots};
    return prediction;
}

bool sample_ended(const struct sample_report *report, size_t i, struct ended_launches *ended) {
    enum { STATUSES = 256 };
    size_t counts[STATUSES] = {0};
    for (size_t j = 0; j < report->launches->count; j++) {
        const struct sampled_launch *launch = &report->launches->items[j];
        if (launch->outcome == LAUNCH_ENDED)
            counts[launch->end.status & (STATUSES - 1)]++;
    }
    for (int status = 0; status < STATUSES; status++)
        if (counts[status] != 0 && i-- == 0) {
            *ended = (struct ended_launches){status, counts[status]};
            return true;
        }
    return false;
}

size_t sample_missing(const struct program *program) {
    size_t count = 0;
    for (size_t i = 0; i < program->missing.count; i++)
        count += !program->missing.items[i].weak;
    return count;
}

/* --- text --- */

struct sample_writer {
    const struct sample_report *report;
    size_t width;
    struct text *out;
};

static void add_line(struct sample_writer *writer, struct text *line) {
    text_add_wrapped(writer->out, line->data, writer->width, 4);
    text_free(line);
}

static double percent(double share) {
    return 100 * share;
}

static const char *launches(size_t count) {
    return count == 1 ? "launch" : "launches";
}

static void write_verdict(struct sample_writer *writer) {
    const struct sample_report *report = writer->report;
    size_t aborts = 0, count = report->launches->count;
    struct observed_cause observed;
    struct text line = {0};
    for (size_t i = 0; sample_observed(report, i, &observed); i++)
        aborts += observed.aborts;
    text_addf_printable(&line, "%s: ", report->executable);
    if (aborts == 0)
        text_addf(&line, "no launch of %zu aborted", count);
    else
        text_addf(&line, "%zu of %zu %s aborted", aborts, count, launches(count));
    text_add(&line, " at malloc's window or the shared region");
    add_line(writer, &line);
}

static void write_observed(struct sample_writer *writer, const struct observed_cause *observed) {
    struct text line = {0};
    text_addf(&line, "  %s: %zu of %zu %s", cause_name(observed->cause), observed->aborts,
              observed->launches, launches(observed->launches));
    if (observed->launches == 0)
        text_add(&line, ", which tells nothing");
    else
        text_addf(&line, ", %.2f %%; the share is %.2f to %.2f %%, with 95 %% confidence",
                  percent(share_of(observed->aborts, observed->launches)),
                  percent(observed->interval.low), percent(observed->interval.high));
    add_line(writer, &line);
}

static const char *const agreements[] = {
    [AGREES] = "which agrees with that",
    [MORE_THAN_EXPECTED] = "and more was seen",
    [LESS_THAN_EXPECTED] = "and less was seen",
};

static void write_prediction(struct sample_writer *writer, const struct observed_cause *observed,
                             const struct predicted_system *system) {
    const struct cause_prediction prediction = sample_predicted(system, observed->cause);
    bool is_window = observed->cause == CAUSE_MALLOC_WINDOW;
    struct text line = {0};
    text_addf_printable(&line, "    predicted under %s (%s): ", system->judged->profile->name,
                        system->judged->program->architecture->name);
    if (!prediction.applies)
        text_add(&line, "nothing, since there is no such limit");
    else
        text_addf(&line, "%s%.2f %% (%" PRIu64 " of %" PRIu64 " %s)",
                  is_window && prediction.hit != 0 ? "at most " : "", percent(prediction.share),
                  prediction.hit, prediction.of, is_window ? "places" : "slides");
    if (prediction.applies && observed->launches != 0)
        text_addf(&line, ", %s",
                  agreements[interval_agreement(&observed->interval, prediction.share)]);
    add_line(writer, &line);
}

/* How little few launches tell. */
static void write_power(struct sample_writer *writer, const struct observed_cause *observed,
                        const struct predicted_system *system) {
    const struct cause_prediction prediction = sample_predicted(system, observed->cause);
    struct text line = {0};
    uint64_t enough = interval_trials_for_hit(prediction.share);
    if (!prediction.applies || observed->aborts != 0 || enough <= observed->launches)
        return;
    text_addf(&line,
              "    %zu %s cannot tell: with such a share, %.0f %% of samples of that size have no "
              "abort; it takes %" PRIu64 " launches to meet one with 95 %% confidence",
              observed->launches, launches(observed->launches),
              percent(interval_chance_of_none(prediction.share, observed->launches)), enough);
    add_line(writer, &line);
}

/* What makes the predictions of a program doubtful; the same for each of its systems. */
static void write_notes(struct sample_writer *writer) {
    const struct predicted_systems *systems = writer->report->systems;
    for (size_t i = 0; i < systems->count; i++) {
        const struct program *program = systems->items[i].judged->program;
        const char *hardened = program_hardened_note(program);
        size_t missing = sample_missing(program);
        struct text line = {0};
        if (i != 0 && systems->items[i - 1].judged->program == program)
            continue;
        if (hardened != NULL) {
            text_addf(&line, "  note: %s", hardened);
            add_line(writer, &line);
        }
        if (missing == 0)
            continue;
        text_addf(&line, "  note: the prediction is without %zu dylib%s, not found: vafit check",
                  missing, missing == 1 ? "" : "s");
        add_line(writer, &line);
    }
}

static void write_causes(struct sample_writer *writer) {
    const struct predicted_systems *systems = writer->report->systems;
    struct observed_cause observed;
    for (size_t i = 0; sample_observed(writer->report, i, &observed); i++) {
        write_observed(writer, &observed);
        for (size_t j = 0; j < systems->count; j++) {
            write_prediction(writer, &observed, &systems->items[j]);
            write_power(writer, &observed, &systems->items[j]);
        }
    }
}

static void write_others(struct sample_writer *writer) {
    struct text line = {0}, causes = {0};
    size_t others = 0;
    for (int cause = 0; cause < CAUSE_COUNT; cause++) {
        size_t aborts = sample_aborts(writer->report->launches, (enum cause)cause);
        if (cause_is_sampled((enum cause)cause) || aborts == 0)
            continue;
        text_addf(&causes, "%s%s %zu", others == 0 ? "" : ", ", cause_name((enum cause)cause),
                  aborts);
        others += aborts;
    }
    if (others == 0)
        return;
    text_addf(&line, "  %zu %s aborted for another cause (%s), and %s left out of the shares",
              others, launches(others), causes.data, others == 1 ? "is" : "are");
    add_line(writer, &line);
    text_free(&causes);
}

static void write_started(struct sample_writer *writer) {
    const struct sample_report *report = writer->report;
    size_t ran = sample_with_outcome(report, LAUNCH_RAN),
           count = sample_with_outcome(report, LAUNCH_ENDED);
    struct ended_launches ended;
    struct text line = {0};
    text_addf(&line, "  %zu %s ran for %u %s and %s then ended; %zu ended by themselves", ran,
              launches(ran), report->seconds, report->seconds == 1 ? "second" : "seconds",
              ran == 1 ? "was" : "were", count);
    for (size_t i = 0; sample_ended(report, i, &ended); i++)
        text_addf(&line, "%s%zu with exit status %d", i == 0 ? ": " : ", ", ended.launches,
                  ended.status);
    add_line(writer, &line);
}

static void write_kept(struct sample_writer *writer) {
    const struct sample_report *report = writer->report;
    struct text line = {0};
    if (report->kept_in != NULL) {
        text_addf_printable(&line, "  kept: %s, ", report->kept_in);
        text_addf(&line, "%s of launch %zu",
                  report->kept->report != NULL ? "the crash report" : "the standard error",
                  (size_t)(report->kept - report->launches->items) + 1);
        add_line(writer, &line);
    }
    if (report->command != NULL)
        text_addf(writer->out, "  do: %s\n", report->command);
}

void sample_write_text(const struct sample_report *report, size_t width, struct text *out) {
    struct sample_writer writer = {report, width, out};
    struct text line = {0};
    write_verdict(&writer);
    text_addf_printable(&line, "  system: %s",
                        report->os == NULL ? "not known, since there is no sw_vers" : report->os);
    add_line(&writer, &line);
    write_causes(&writer);
    write_notes(&writer);
    write_others(&writer);
    write_started(&writer);
    write_kept(&writer);
}
