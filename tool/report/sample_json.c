#include "report/sample_report.h"

#include "base/json.h"

static json_t *prediction_of(const struct predicted_system *system,
                             const struct observed_cause *observed) {
    static const char *const agreements[] = {
        [AGREES] = "agrees", [MORE_THAN_EXPECTED] = "more", [LESS_THAN_EXPECTED] = "less"};
    const struct cause_prediction prediction = sample_predicted(system, observed->cause);
    bool compares = prediction.applies && observed->launches != 0;
    json_t *object = json_object();
    json_object_set_new(object, "profile", json_text(system->judged->profile->name));
    json_object_set_new(object, "arch", json_text(system->judged->program->architecture->name));
    json_object_set_new(object, "missing", json_bytes(sample_missing(system->judged->program)));
    json_object_set_new(object, "share",
                        prediction.applies ? json_real(prediction.share) : json_null());
    json_object_set_new(object, "hit",
                        prediction.applies ? json_bytes(prediction.hit) : json_null());
    json_object_set_new(object, "of", prediction.applies ? json_bytes(prediction.of) : json_null());
    json_object_set_new(
        object, "observed",
        json_text(compares ? agreements[interval_agreement(&observed->interval, prediction.share)]
                           : NULL));
    return object;
}

static json_t *cause_of(const struct sample_report *report, const struct observed_cause *observed) {
    json_t *object = json_object(), *predictions = json_array();
    bool has_share = observed->launches != 0;
    double share = has_share ? (double)observed->aborts / (double)observed->launches : 0;
    json_object_set_new(object, "cause", json_text(cause_name(observed->cause)));
    json_object_set_new(object, "aborts", json_bytes(observed->aborts));
    json_object_set_new(object, "launches", json_bytes(observed->launches));
    json_object_set_new(object, "share", has_share ? json_real(share) : json_null());
    json_object_set_new(object, "low", json_real(observed->interval.low));
    json_object_set_new(object, "high", json_real(observed->interval.high));
    for (size_t i = 0; i < report->systems->count; i++)
        json_array_append_new(predictions, prediction_of(&report->systems->items[i], observed));
    json_object_set_new(object, "predictions", predictions);
    return object;
}

static json_t *causes_of(const struct sample_report *report) {
    json_t *causes = json_array();
    struct observed_cause observed;
    for (size_t i = 0; sample_observed(report, i, &observed); i++)
        json_array_append_new(causes, cause_of(report, &observed));
    return causes;
}

static json_t *others_of(const struct sample_report *report) {
    json_t *others = json_array();
    for (int cause = 0; cause < CAUSE_COUNT; cause++) {
        size_t aborts = sample_aborts(report->launches, (enum cause)cause);
        if (cause_is_sampled((enum cause)cause) || aborts == 0)
            continue;
        json_t *object = json_object();
        json_object_set_new(object, "cause", json_text(cause_name((enum cause)cause)));
        json_object_set_new(object, "aborts", json_bytes(aborts));
        json_array_append_new(others, object);
    }
    return others;
}

static json_t *ended_of(const struct sample_report *report) {
    json_t *list = json_array();
    struct ended_launches ended;
    for (size_t i = 0; sample_ended(report, i, &ended); i++) {
        json_t *object = json_object();
        json_object_set_new(object, "status", json_integer(ended.status));
        json_object_set_new(object, "launches", json_bytes(ended.launches));
        json_array_append_new(list, object);
    }
    return list;
}

void sample_write_json(const struct sample_report *report, struct text *out) {
    json_t *root = json_object();
    size_t has_command = report->command != NULL;
    json_object_set_new(root, "schema", json_text("vafit.sample/1"));
    json_object_set_new(root, "executable", json_text(report->executable));
    json_object_set_new(root, "os", json_text(report->os));
    json_object_set_new(root, "launches", json_bytes(report->launches->count));
    json_object_set_new(root, "timeout", json_bytes(report->seconds));
    json_object_set_new(root, "causes", causes_of(report));
    json_object_set_new(root, "others", others_of(report));
    json_object_set_new(root, "ran", json_bytes(sample_with_outcome(report, LAUNCH_RAN)));
    json_object_set_new(root, "ended", ended_of(report));
    json_object_set_new(root, "kept", json_text(report->kept_in));
    json_object_set_new(root, "advice", json_texts(&report->command, has_command));
    json_write(root, out);
}
