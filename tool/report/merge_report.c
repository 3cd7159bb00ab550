#include "report/merge_report.h"

#include "base/json.h"
#include "base/size.h"

#include <inttypes.h>

static void write_merge(const struct merge_report *report, const struct reported_merge *merge,
                        struct text *out) {
    text_add_printable(out, merge->path);
    text_addf(out, "%s %zu dylibs", report->is_planned ? " would hold" : " holds",
              merge->parts.count);
    text_addf(out, " of %s of address space", size_text(merge->va_before).text);
    if (merge->va_after != 0)
        text_addf(out, " in %s", size_text(merge->va_after).text);
    text_add(out, ":\n");
    for (size_t i = 0; i < merge->parts.count; i++) {
        text_add(out, "  ");
        text_add_printable(out, merge->parts.items[i]);
        text_add(out, "\n");
    }
}

static void write_reasons(const char *title, const struct reported_reason *reasons, size_t count,
                          struct text *out) {
    if (count != 0)
        text_add(out, title);
    for (size_t i = 0; i < count; i++) {
        text_addf_printable(out, "  %s: %s", reasons[i].path, reasons[i].reason);
        text_add(out, "\n");
    }
}

static void write_program(const struct merge_report *report, const struct reported_program *program,
                          struct text *out) {
    const struct reported_state *before = &program->before, *after = &program->after;
    text_add_printable(out, program->path);
    text_addf_printable(out, " (%s, %s):", program->architecture, report->profile);
    text_addf(out, "\n  images: %zu, was %zu\n", after->image_count, before->image_count);
    text_addf(out, "  address space: %s, was", size_text(after->va).text);
    text_addf(out, " %s\n", size_text(before->va).text);
    text_addf(out, "  imports bound by name: %" PRIu64 ", was %" PRIu64 "\n", after->imports,
              before->imports);
    text_addf(out, "  images end at %s, was", size_text_gib(after->top_slid).text);
    text_addf(out, " %s\n", size_text_gib(before->top_slid).text);
}

void merge_write_text(const struct merge_report *report, struct text *out) {
    for (size_t i = 0; i < report->merge_count; i++)
        write_merge(report, &report->merges[i], out);
    write_reasons("left alone:\n", report->reasons, report->reason_count, out);
    write_reasons("keep asking for the old names:\n", report->clients, report->client_count, out);
    if (report->merge_count == 0)
        text_add(out, "no two dylibs can be merged\n");
    else
        text_addf(out, "%zu images %s %zu\n", report->images_before,
                  report->is_planned ? "would become" : "became", report->images_after);
    for (size_t i = 0; report->merge_count != 0 && i < report->program_count; i++)
        write_program(report, &report->programs[i], out);
}

static json_t *merge_to_json(const struct reported_merge *merge) {
    json_t *object = json_object();
    json_object_set_new(object, "target", json_text(merge->path));
    json_object_set_new(object, "install_name", json_text(merge->install_name));
    json_object_set_new(object, "parts", json_texts(merge->parts.items, merge->parts.count));
    json_object_set_new(object, "va_before", json_bytes(merge->va_before));
    json_object_set_new(object, "va_after",
                        merge->va_after == 0 ? json_null() : json_bytes(merge->va_after));
    return object;
}

static json_t *reasons_to_json(const struct reported_reason *reasons, size_t count) {
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "path", json_text(reasons[i].path));
        json_object_set_new(object, "reason", json_text(reasons[i].reason));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *state_to_json(const struct reported_state *state) {
    json_t *object = json_object();
    json_object_set_new(object, "image_count", json_bytes(state->image_count));
    json_object_set_new(object, "va", json_bytes(state->va));
    json_object_set_new(object, "imports", json_bytes(state->imports));
    json_object_set_new(object, "top", json_bytes(state->top));
    json_object_set_new(object, "top_slid", json_bytes(state->top_slid));
    return object;
}

static json_t *program_to_json(const struct merge_report *report,
                               const struct reported_program *program) {
    json_t *object = json_object();
    json_object_set_new(object, "executable", json_text(program->path));
    json_object_set_new(object, "arch", json_text(program->architecture));
    json_object_set_new(object, "profile", json_text(report->profile));
    json_object_set_new(object, "before", state_to_json(&program->before));
    json_object_set_new(object, "after", state_to_json(&program->after));
    return object;
}

void merge_write_json(const struct merge_report *report, struct text *out) {
    json_t *root = json_object(), *merges = json_array(), *programs = json_array();
    json_object_set_new(root, "schema", json_text("vafit.consolidate/1"));
    json_object_set_new(root, "written", json_boolean(!report->is_planned));
    json_object_set_new(root, "images_before", json_bytes(report->images_before));
    json_object_set_new(root, "images_after", json_bytes(report->images_after));
    json_object_set_new(root, "groups", merges);
    for (size_t i = 0; i < report->merge_count; i++)
        json_array_append_new(merges, merge_to_json(&report->merges[i]));
    for (size_t i = 0; i < report->program_count; i++)
        json_array_append_new(programs, program_to_json(report, &report->programs[i]));
    json_object_set_new(root, "programs", programs);
    json_object_set_new(root, "left_alone", reasons_to_json(report->reasons, report->reason_count));
    json_object_set_new(root, "old_names", reasons_to_json(report->clients, report->client_count));
    json_write(root, out);
}
