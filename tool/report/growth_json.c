#include "base/json.h"
#include "report/growth_report.h"

/* null where a report does not have the thing. */
static json_t *numbers(bool in_base, uint64_t base, bool in_head, uint64_t head, bool has_growth) {
    json_t *object = json_object();
    json_object_set_new(object, "base", in_base ? json_bytes(base) : json_null());
    json_object_set_new(object, "head", in_head ? json_bytes(head) : json_null());
    json_object_set_new(object, "growth",
                        has_growth ? json_integer(growth_of(base, head)) : json_null());
    return object;
}

/* Of a program that one report lacks nothing grew. */
static json_t *sizes(const struct checked_program *base, const struct checked_program *head,
                     uint64_t (*size)(const struct checked_program *)) {
    return numbers(base != NULL, base == NULL ? 0 : size(base), head != NULL,
                   head == NULL ? 0 : size(head), base != NULL && head != NULL);
}

static uint64_t sum_of(const struct checked_program *program) {
    return program->sum;
}

static uint64_t top_of(const struct checked_program *program) {
    return program->top_slid;
}

static bool has_odds(const struct checked_program *program) {
    return program != NULL && program->has_window;
}

static double odds_of(const struct checked_program *program) {
    return (double)program->slots_hit / (double)program->slots;
}

static json_t *odds(const struct checked_program *base, const struct checked_program *head) {
    json_t *object = json_object();
    json_object_set_new(object, "base", has_odds(base) ? json_real(odds_of(base)) : json_null());
    json_object_set_new(object, "head", has_odds(head) ? json_real(odds_of(head)) : json_null());
    json_object_set_new(object, "growth",
                        has_odds(base) && has_odds(head) ? json_real(odds_of(head) - odds_of(base))
                                                         : json_null());
    return object;
}

static json_t *image(const struct image_growth *image) {
    json_t *object = json_object();
    json_object_set_new(object, "path", json_text(image->path));
    json_object_set_new(object, "presence", json_text(presence_name(image->presence)));
    json_object_set_new(object, "va",
                        numbers(image->presence != ONLY_IN_HEAD, image->before,
                                image->presence != ONLY_IN_BASE, image->after, true));
    return object;
}

static uint64_t missing_of(const struct checked_program *program) {
    return program->missing;
}

static json_t *program(const struct growth_report *report, const struct program_growth *program) {
    const struct checked_program *named = program_growth_named(program);
    json_t *object = json_object(), *images = json_array();
    json_object_set_new(object, "executable", json_text(named->executable));
    json_object_set_new(object, "arch", json_text(named->arch));
    json_object_set_new(object, "profile", json_text(named->profile));
    json_object_set_new(object, "presence", json_text(presence_name(program->presence)));
    json_object_set_new(object, "exceeds", json_boolean(growth_report_exceeds(report, program)));
    json_object_set_new(object, "sum", sizes(program->base, program->head, sum_of));
    json_object_set_new(object, "top_slid", sizes(program->base, program->head, top_of));
    json_object_set_new(object, "probability", odds(program->base, program->head));
    json_object_set_new(object, "unresolved", sizes(program->base, program->head, missing_of));
    json_object_set_new(object, "unchanged", json_bytes(program->unchanged));
    json_object_set_new(object, "images", images);
    for (size_t i = 0; i < program->images.count; i++)
        json_array_append_new(images, image(&program->images.items[i]));
    return object;
}

void growth_write_json(const struct growth_report *report, struct text *out) {
    json_t *root = json_object(), *programs = json_array();
    json_object_set_new(root, "schema", json_text("vafit.diff/1"));
    json_object_set_new(root, "base", json_text(report->base));
    json_object_set_new(root, "head", json_text(report->head));
    json_object_set_new(root, "max_growth",
                        report->has_max_growth ? json_bytes(report->max_growth) : json_null());
    json_object_set_new(root, "programs", programs);
    for (size_t i = 0; i < report->growth.count; i++)
        json_array_append_new(programs, program(report, &report->growth.items[i]));
    json_write(root, out);
}
