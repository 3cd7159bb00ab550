#include "report/baseline.h"

#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_string(struct arena *arena, const json_t *object, size_t index, const char *member,
                        const char **string, struct error *error) {
    const char *value = json_string_value(json_object_get(object, member));
    char field[64];
    snprintf(field, sizeof field, "programs[%zu].%s", index, member);
    if (value == NULL)
        return error_malformed(error, field, "not a string");
    *string = arena_string(arena, value);
    return true;
}

static bool read_row(struct arena *arena, const json_t *object, size_t index,
                     struct baseline_row *row, struct error *error) {
    const json_t *sum = json_object_get(object, "sum");
    char field[48];
    snprintf(field, sizeof field, "programs[%zu].sum", index);
    if (!read_string(arena, object, index, "executable", &row->executable, error) ||
        !read_string(arena, object, index, "arch", &row->arch, error) ||
        !read_string(arena, object, index, "profile", &row->profile, error))
        return false;
    if (!json_is_integer(sum) || json_integer_value(sum) < 0)
        return error_malformed(error, field, "not a whole number");
    row->sum = (uint64_t)json_integer_value(sum);
    return true;
}

static bool comes_twice(const struct baseline_row *row, size_t index, struct error *error) {
    char field[48];
    snprintf(field, sizeof field, "programs[%zu]", index);
    return error_malformed(error, field, "%s (%s, %s) comes twice", row->executable, row->arch,
                           row->profile);
}

static bool read_rows(struct arena *arena, const json_t *root, struct baseline *baseline,
                      struct error *error) {
    const char *schema = json_string_value(json_object_get(root, "schema"));
    const json_t *programs = json_object_get(root, "programs");
    if (schema == NULL || strcmp(schema, "vafit.baseline/1") != 0)
        return error_malformed(error, "schema", "not \"vafit.baseline/1\"");
    if (!json_is_array(programs))
        return error_malformed(error, "programs", "not a list");
    for (size_t i = 0; i < json_array_size(programs); i++) {
        struct baseline_row row;
        if (!read_row(arena, json_array_get(programs, i), i, &row, error))
            return false;
        if (baseline_find(baseline, row.executable, row.arch, row.profile) != NULL)
            return comes_twice(&row, i, error);
        *vector_push(arena, baseline) = row;
    }
    return true;
}

bool baseline_from_json(struct arena *arena, const char *text, size_t size,
                        struct baseline *baseline, struct error *error) {
    json_error_t problem;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL)
        return error_malformed(error, "", "line %d: not JSON: %s", problem.line, problem.text);
    bool read = read_rows(arena, root, baseline, error);
    json_decref(root);
    return read;
}

static int by_program(const void *left, const void *right) {
    const struct baseline_row *a = left, *b = right;
    int order = strcmp(a->executable, b->executable);
    if (order == 0)
        order = strcmp(a->arch, b->arch);
    return order != 0 ? order : strcmp(a->profile, b->profile);
}

void baseline_write(struct baseline *baseline, struct text *out) {
    json_t *root = json_object(), *programs = json_array();
    if (baseline->count > 1)
        qsort(baseline->items, baseline->count, sizeof *baseline->items, by_program);
    json_object_set_new(root, "schema", json_text("vafit.baseline/1"));
    json_object_set_new(root, "programs", programs);
    for (size_t i = 0; i < baseline->count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "executable", json_text(baseline->items[i].executable));
        json_object_set_new(object, "arch", json_text(baseline->items[i].arch));
        json_object_set_new(object, "profile", json_text(baseline->items[i].profile));
        json_object_set_new(object, "sum", json_bytes(baseline->items[i].sum));
        json_array_append_new(programs, object);
    }
    json_write(root, out);
}

struct baseline_row *baseline_find(const struct baseline *baseline, const char *executable,
                                   const char *arch, const char *profile) {
    for (size_t i = 0; i < baseline->count; i++) {
        struct baseline_row *row = &baseline->items[i];
        if (strcmp(row->executable, executable) == 0 && strcmp(row->arch, arch) == 0 &&
            strcmp(row->profile, profile) == 0)
            return row;
    }
    return NULL;
}
