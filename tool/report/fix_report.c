#include "report/fix_report.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/size.h"
#include "report/systems.h"

#include <inttypes.h>
#include <stdlib.h>

uint64_t finding_misses(const struct finding *finding) {
    bool misses = finding->severity == SEVERITY_ERROR && finding->has_numbers &&
                  finding->margin < 0 && finding->rule != RULE_LINKEDIT_ALIGNMENT;
    return misses ? (uint64_t)-finding->margin : 0;
}

/* --- text --- */

static void write_name(const struct fix_program *program, struct text *out) {
    const struct program *walked = program->judged.program;
    text_add_printable(out, walked->path);
    text_addf_printable(out, " (%s, %s): ", walked->architecture->name,
                        program->judged.profile->name);
}

/* --- how programs stand --- */

/* The judgements of one program, one a system. */
struct judged_systems {
    const struct fix_program *first;
    struct systems systems; /* its items are owned */
};

/* Those that begin at *position, which moves behind them; false at the end. */
static bool next_program(const struct fix_report *report, bool after, size_t *position,
                         struct judged_systems *judged) {
    if (*position >= report->program_count)
        return false;
    *judged = (struct judged_systems){.first = &report->programs[*position]};
    judged->systems.items =
        memory_zeros(report->program_count - *position, sizeof *judged->systems.items);
    for (; *position < report->program_count; ++*position) {
        const struct fix_program *program = &report->programs[*position];
        if (program->judged.program != judged->first->judged.program)
            break;
        judged->systems.items[judged->systems.count++] = (struct system_view){
            program->judged.profile->name, after ? &program->after : &program->before};
    }
    return true;
}

/* "16.49 GiB", or where systems differ "16.49 GiB (macos-26) and 452.49 GiB (macos-27)". */
static void add_ends(const struct systems *systems, struct text *out) {
    uint64_t first = systems->items[0].judgement->top_slid;
    bool same = true;
    for (size_t i = 0; i < systems->count; i++)
        same &= systems->items[i].judgement->top_slid == first;
    for (size_t i = 0; i < (same ? 1 : systems->count); i++) {
        text_addf(out, "%s%s",
                  i == 0                    ? ""
                  : i + 1 == systems->count ? " and "
                                            : ", ",
                  size_text_gib(systems->items[i].judgement->top_slid).text);
        if (!same)
            text_addf_printable(out, " (%s)", systems->items[i].name);
    }
}

static void write_findings(const struct systems *systems, bool color, struct text *out) {
    struct finding_walk walk = {
        .systems = systems, .least = SEVERITY_WARNING, .most = SEVERITY_ERROR};
    while (finding_walk_next(&walk)) {
        text_add(out, "  ");
        severity_add(walk.finding->severity, color, out);
        text_add(out, ": ");
        finding_walk_add(&walk, out);
        text_add(out, "\n");
    }
}

/* `when` is "now ", "then " or nothing. */
static void write_programs(const struct fix_report *report, bool after, const char *when,
                           bool color, struct text *out) {
    struct judged_systems judged;
    for (size_t i = 0; next_program(report, after, &i, &judged);) {
        const struct program *program = judged.first->judged.program;
        text_add_printable(out, program->path);
        text_addf_printable(out, " (%s): %s", program->architecture->name, when);
        systems_add_verdict(&judged.systems, color, out);
        text_add(out, "; its images end at ");
        add_ends(&judged.systems, out);
        text_add(out, "\n");
        write_findings(&judged.systems, color, out);
        free(judged.systems.items);
    }
}

static void write_image(const struct fix_report *report, const struct fix_image *image,
                        struct text *out) {
    text_addf(out, "  %s: ", image->level);
    text_add_printable(out, image->path);
    if (report->outcome == FIX_DONE && image->target != image->path) {
        text_add(out, " as ");
        text_add_printable(out, image->target);
    }
    text_addf(out, ": %s, was", size_text(image->va_after).text);
    text_addf(out, " %s; frees %" PRIu64 " bytes\n", size_text(image->va_before).text,
              image->va_before - image->va_after);
    if (image->unclaimed != 0)
        text_addf(out, "    with %" PRIu64 " bytes that no table reaches\n", image->unclaimed);
}

static void write_group(const struct fix_report *report, const struct fix_group *group,
                        struct text *out) {
    text_addf(out, "%s %zu dylibs into ",
              report->outcome == FIX_PLANNED ? "would consolidate" : "consolidated",
              group->parts.count);
    text_add_printable(out, group->target);
    text_add(out, ":\n");
    for (size_t i = 0; i < group->parts.count; i++) {
        text_add(out, "  ");
        text_add_printable(out, group->parts.items[i]);
        text_add(out, "\n");
    }
}

static void write_images(const struct fix_report *report, struct text *out) {
    for (size_t i = 0; i < report->group_count; i++)
        write_group(report, &report->groups[i], out);
    if (report->image_count == 0)
        return;
    text_addf(out, "%s %zu of %zu images:\n",
              report->outcome == FIX_PLANNED ? "would rewrite" : "rewrote", report->image_count,
              report->group_count != 0 ? report->file_count_then : report->file_count);
    for (size_t i = 0; i < report->image_count; i++)
        write_image(report, &report->images[i], out);
}

static void write_misses(const struct fix_report *report, size_t program,
                         const struct judgement *judgement, struct text *out) {
    for (size_t i = 0; i < judgement->findings.count; i++) {
        uint64_t bytes = finding_misses(&judgement->findings.items[i]);
        if (bytes == 0)
            continue;
        text_add(out, "  ");
        write_name(&report->programs[program], out);
        text_addf(out, "%s is still %s", rule_row(judgement->findings.items[i].rule)->name,
                  size_text(bytes).text);
        if (bytes >= 1024)
            text_addf(out, " (%" PRIu64 " bytes)", bytes);
        text_add(out, " over its limit\n");
    }
}

static void write_insufficient(const struct fix_report *report, struct text *out) {
    text_addf(out, "no level up to %s is enough%s; nothing was written. With all images at %s%s:\n",
              report->up_to,
              report->is_merged      ? ", nor is consolidating dylibs"
              : report->consolidates ? ", and no dylibs can be consolidated"
                                     : "",
              report->up_to, report->after_is_merged ? ", and dylibs consolidated" : "");
    for (size_t i = 0; i < report->program_count; i++)
        write_misses(report, i, &report->programs[i].after, out);
    if (report->next_level != NULL && report->next_suffices)
        text_addf(out, "--up-to %s would make it fit\n", report->next_level);
    if (report->next_level == NULL || report->next_suffices)
        return;
    text_addf(out, "--up-to %s would not be enough either:\n", report->next_level);
    for (size_t i = 0; i < report->program_count; i++)
        write_misses(report, i, &report->with_next[i], out);
}

static void write_refusals(const struct fix_report *report, struct text *out) {
    for (size_t i = 0; i < report->refusal_count; i++) {
        text_add(out, "cannot be rewritten: ");
        text_add_printable(out, report->refusals[i].path);
        text_addf_printable(out, ": %s", report->refusals[i].reason);
        text_add(out, "\n");
    }
}

static void write_lines(const struct fix_report *report, bool color, struct text *out) {
    write_programs(report, false, "", color, out);
    switch (report->outcome) {
    case FIX_NEEDLESS:
        text_add(out, "nothing to do\n");
        return;
    case FIX_COPIED:
        text_addf(out, "copied %zu images as they are\n", report->file_count);
        return;
    case FIX_INSUFFICIENT:
        write_insufficient(report, out);
        write_refusals(report, out);
        return;
    case FIX_PLANNED:
    case FIX_DONE:
        break;
    }
    write_images(report, out);
    write_programs(report, true, report->outcome == FIX_DONE ? "now " : "then ", color, out);
}

void fix_write_text(const struct fix_report *report, const struct fix_style *style,
                    struct text *out) {
    struct text lines = {0};
    write_lines(report, style->color, &lines);
    text_add_wrapped_lines(out, lines.data, style->width);
    text_free(&lines);
}

/* --- JSON --- */

static const char *const outcomes[] = {
    [FIX_NEEDLESS] = "needless",         [FIX_COPIED] = "copied",
    [FIX_PLANNED] = "planned",           [FIX_DONE] = "done",
    [FIX_INSUFFICIENT] = "insufficient",
};

static json_t *miss_json(const struct finding *finding, const char *unit, uint64_t count) {
    json_t *object = json_object();
    json_object_set_new(object, "rule", json_text(rule_row(finding->rule)->name));
    json_object_set_new(object, unit, json_bytes(count));
    return object;
}

static json_t *misses_json(const struct judgement *judgement) {
    json_t *array = json_array();
    for (size_t i = 0; i < judgement->findings.count; i++) {
        const struct finding *finding = &judgement->findings.items[i];
        uint64_t bytes = finding_misses(finding);
        if (finding->rule == RULE_LINKEDIT_ALIGNMENT && finding->severity == SEVERITY_ERROR)
            json_array_append_new(array, miss_json(finding, "parts", finding->actual));
        else if (bytes != 0)
            json_array_append_new(array, miss_json(finding, "bytes", bytes));
    }
    return array;
}

static json_t *judgement_json(const struct judgement *judgement) {
    json_t *object = json_object();
    json_object_set_new(object, "verdict", json_text(verdict_name(judgement->verdict)));
    json_object_set_new(object, "sum", json_bytes(judgement->sum));
    json_object_set_new(object, "top", json_bytes(judgement->top));
    json_object_set_new(object, "top_slid", json_bytes(judgement->top_slid));
    json_object_set_new(object, "misses", misses_json(judgement));
    return object;
}

static json_t *program_json(const struct fix_report *report, size_t i) {
    const struct fix_program *program = &report->programs[i];
    json_t *object = json_object();
    json_object_set_new(object, "executable", json_text(program->judged.program->path));
    json_object_set_new(object, "arch", json_text(program->judged.program->architecture->name));
    json_object_set_new(object, "profile", json_text(program->judged.profile->name));
    json_object_set_new(object, "before", judgement_json(&program->before));
    json_object_set_new(object, "after", judgement_json(&program->after));
    json_object_set_new(object, "with_next_level",
                        report->next_level == NULL ? json_null()
                                                   : judgement_json(&report->with_next[i]));
    return object;
}

static json_t *image_json(const struct fix_image *image) {
    json_t *object = json_object();
    json_object_set_new(object, "path", json_text(image->path));
    json_object_set_new(object, "target", json_text(image->target));
    json_object_set_new(object, "level", json_text(image->level));
    json_object_set_new(object, "va_before", json_bytes(image->va_before));
    json_object_set_new(object, "va_after", json_bytes(image->va_after));
    json_object_set_new(object, "file_size_before", json_bytes(image->size_before));
    json_object_set_new(object, "file_size_after", json_bytes(image->size_after));
    json_object_set_new(object, "unclaimed", json_bytes(image->unclaimed));
    return object;
}

static json_t *groups_json(const struct fix_report *report) {
    json_t *array = json_array();
    for (size_t i = 0; i < report->group_count; i++) {
        const struct fix_group *group = &report->groups[i];
        json_t *object = json_object();
        json_object_set_new(object, "target", json_text(group->target));
        json_object_set_new(object, "parts", json_texts(group->parts.items, group->parts.count));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *up_to_json(const struct fix_report *report) {
    struct text name = {0};
    text_addf(&name, "%s%s", report->up_to, report->consolidates ? "+consolidate" : "");
    json_t *json = json_text(name.data);
    text_free(&name);
    return json;
}

static json_t *open_world_json(const struct fix_report *report) {
    if (report->open_world == NULL)
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "reason", json_text(report->open_world));
    json_object_set_new(object, "more", json_bytes(report->open_world_more));
    return object;
}

void fix_write_json(const struct fix_report *report, struct text *out) {
    json_t *root = json_object(), *programs = json_array(), *images = json_array();
    json_t *refused = json_array();
    for (size_t i = 0; i < report->program_count; i++)
        json_array_append_new(programs, program_json(report, i));
    for (size_t i = 0; i < report->image_count; i++)
        json_array_append_new(images, image_json(&report->images[i]));
    for (size_t i = 0; i < report->refusal_count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "path", json_text(report->refusals[i].path));
        json_object_set_new(object, "reason", json_text(report->refusals[i].reason));
        json_array_append_new(refused, object);
    }
    json_object_set_new(root, "schema", json_text("vafit.fix/1"));
    json_object_set_new(root, "outcome", json_text(outcomes[report->outcome]));
    json_object_set_new(root, "up_to", up_to_json(report));
    json_object_set_new(root, "next_level", json_text(report->next_level));
    json_object_set_new(root, "next_level_suffices", json_boolean(report->next_suffices));
    json_object_set_new(root, "open_world", open_world_json(report));
    json_object_set_new(root, "image_count", json_bytes(report->file_count));
    json_object_set_new(root, "programs", programs);
    json_object_set_new(root, "groups", groups_json(report));
    json_object_set_new(root, "images", images);
    json_object_set_new(root, "refused", refused);
    json_write(root, out);
}
