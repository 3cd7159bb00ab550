#include "report/metrics.h"

#include "base/json.h"

static const struct loaded_image *heaviest(const struct program *program) {
    const struct loaded_image *most = &program->images.items[0];
    for (size_t i = 1; i < program->images.count; i++)
        if (program->images.items[i].image->vm_space > most->image->vm_space)
            most = &program->images.items[i];
    return most;
}

static json_t *sum(const struct program_report *report) {
    return json_bytes(report->judgement.sum);
}

static json_t *top_slid(const struct program_report *report) {
    return json_bytes(report->judgement.top_slid);
}

static json_t *limit(const struct program_report *report) {
    return report->judgement.has_limit ? json_bytes(report->judgement.limit) : json_null();
}

/* Negative past the limit. */
static json_t *headroom_left(const struct program_report *report) {
    const struct judgement *judgement = &report->judgement;
    return judgement->has_limit
               ? json_integer((json_int_t)judgement->limit - (json_int_t)judgement->top_slid)
               : json_null();
}

static json_t *probability(const struct program_report *report) {
    const struct judgement *judgement = &report->judgement;
    return judgement->has_window
               ? json_real((double)judgement->slots_hit / (double)judgement->slots)
               : json_null();
}

static json_t *image_count(const struct program_report *report) {
    return json_bytes(report->judged.program->images.count);
}

static json_t *heaviest_va(const struct program_report *report) {
    return json_bytes(heaviest(report->judged.program)->image->vm_space);
}

static json_t *unresolved(const struct program_report *report) {
    return json_bytes(report->measure.unresolved_count);
}

/* In the order in which they are written. */
static const struct metric {
    const char *name;
    json_t *(*value)(const struct program_report *report);
} metrics[] = {
    {"sum", sum},
    {"top_slid", top_slid},
    {"limit", limit},
    {"headroom_left", headroom_left},
    {"probability", probability},
    {"image_count", image_count},
    {"heaviest_va", heaviest_va},
    {"unresolved", unresolved},
};

enum { METRICS = sizeof metrics / sizeof metrics[0] };

static json_t *program(const struct program_report *report) {
    const struct program *program = report->judged.program;
    json_t *object = json_object();
    json_object_set_new(object, "executable", json_text(program->path));
    json_object_set_new(object, "arch", json_text(program->architecture->name));
    json_object_set_new(object, "profile", json_text(report->judged.profile->name));
    for (size_t i = 0; i < METRICS; i++)
        json_object_set_new(object, metrics[i].name, metrics[i].value(report));
    json_object_set_new(object, "heaviest_image", json_text(heaviest(program)->file->path));
    return object;
}

static void add_pair(const struct program_report *report, const struct metric *metric,
                     json_t *pairs) {
    const struct program *program = report->judged.program;
    json_t *value = metric->value(report), *pair;
    struct text name = {0};
    if (json_is_null(value))
        return;
    text_addf(&name, "vafit.%s.%s.%s.%s", metric->name, program->path, program->architecture->name,
              report->judged.profile->name);
    pair = json_object();
    json_object_set_new(pair, "name", json_text(name.data));
    json_object_set_new(pair, "value", value);
    json_array_append_new(pairs, pair);
    text_free(&name);
}

void metrics_write(const struct check_report *report, struct text *out) {
    json_t *root = json_object(), *programs = json_array(), *pairs = json_array();
    json_object_set_new(root, "schema", json_text("vafit.metrics/1"));
    json_object_set_new(root, "programs", programs);
    json_object_set_new(root, "histograms", pairs);
    for (size_t i = 0; i < report->count; i++) {
        json_array_append_new(programs, program(&report->items[i]));
        for (size_t j = 0; j < METRICS; j++)
            add_pair(&report->items[i], &metrics[j], pairs);
    }
    json_write(root, out);
}
