#include "report/baseline.h"

#include "base/json.h"
#include "base/json_reader.h"
#include "base/memory.h"
#include "base/size.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_row(struct json_reader *reader, const json_t *object, void *context) {
    struct baseline *baseline = context;
    struct baseline_row row;
    if (!json_read_string(reader, object, "executable", &row.executable) ||
        !json_read_string(reader, object, "arch", &row.arch) ||
        !json_read_string(reader, object, "profile", &row.profile) ||
        !json_read_number(reader, object, "sum", INT64_MAX, "not a whole number", &row.sum))
        return false;
    if (baseline_find(baseline, row.executable, row.arch, row.profile) != NULL)
        return error_malformed(reader->error, reader->at, "%s (%s, %s) comes twice", row.executable,
                               row.arch, row.profile);
    *vector_push(reader->arena, baseline) = row;
    return true;
}

static bool read_rows(struct arena *arena, const json_t *root, struct baseline *baseline,
                      struct error *error) {
    const struct json_reader reader = {arena, error, ""};
    const char *schema = json_string_value(json_object_get(root, "schema"));
    if (schema == NULL || strcmp(schema, "vafit.baseline/1") != 0)
        return error_malformed(error, "schema", "not \"vafit.baseline/1\"");
    return json_read_each(&reader, root, "programs", read_row, baseline);
}

static int by_name(const void *left, const void *right) {
    const struct baseline_image *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static bool read_images(struct arena *arena, json_t *images, struct baseline *baseline,
                        struct error *error) {
    const char *name;
    json_t *value;
    if (images != NULL && !json_is_object(images))
        return error_malformed(error, "images", "not an object");
    json_object_foreach(images, name, value) {
        char field[160];
        snprintf(field, sizeof field, "images.%.140s", name);
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return error_malformed(error, field, "not a whole number");
        *vector_push(arena, &baseline->images) =
            (struct baseline_image){arena_string(arena, name), (uint64_t)json_integer_value(value)};
    }
    if (baseline->images.count > 1)
        qsort(baseline->images.items, baseline->images.count, sizeof *baseline->images.items,
              by_name);
    return true;
}

bool baseline_from_json(struct arena *arena, const char *text, size_t size,
                        struct baseline *baseline, struct error *error) {
    json_error_t problem;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL)
        return error_malformed(error, "", "line %d: not JSON: %s", problem.line, problem.text);
    bool read = read_rows(arena, root, baseline, error) &&
                read_images(arena, json_object_get(root, "images"), baseline, error);
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

/* What was recorded last of a name stands after what was read of it. */
struct ordered_image {
    const struct baseline_image *image;
    size_t order;
};

static int by_name_and_order(const void *left, const void *right) {
    const struct ordered_image *a = left, *b = right;
    int order = by_name(a->image, b->image);
    return order != 0 ? order : a->order < b->order ? -1 : 1;
}

/* Sorted; of those of one name the last. */
static json_t *images_to_json(const struct baseline_images *images) {
    json_t *object = json_object();
    struct ordered_image *items = memory_zeros(images->count, sizeof *items);
    for (size_t i = 0; i < images->count; i++)
        items[i] = (struct ordered_image){&images->items[i], i};
    qsort(items, images->count, sizeof *items, by_name_and_order);
    for (size_t i = 0; i < images->count; i++)
        json_object_set_new(object, items[i].image->name, json_bytes(items[i].image->va));
    free(items);
    return object;
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
    if (baseline->images.count != 0)
        json_object_set_new(root, "images", images_to_json(&baseline->images));
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

/* --- images --- */

/* As JSON can have it. */
static const char *name_of(struct arena *arena, const struct loaded_image *loaded) {
    const char *name =
        arena_format(arena, "%s (%s)", loaded->file->path, loaded->slice->architecture->name);
    json_t *text = json_text(name);
    const char *kept = arena_string(arena, json_string_value(text));
    json_decref(text);
    return kept;
}

void baseline_record(struct arena *arena, struct baseline *baseline, const struct program *program,
                     const char *profile, uint64_t sum) {
    const char *arch = program->architecture->name;
    struct baseline_row *row = baseline_find(baseline, program->path, arch, profile);
    if (row == NULL)
        row = vector_push(arena, baseline);
    *row = (struct baseline_row){program->path, arch, profile, sum};
    for (size_t i = 0; i < program->images.count; i++) {
        const struct loaded_image *loaded = &program->images.items[i];
        *vector_push(arena, &baseline->images) =
            (struct baseline_image){name_of(arena, loaded), loaded->image->vm_space};
    }
}

/* How far an image grew. */
struct grown_image {
    const char *path;
    uint64_t by;
    bool is_new;
};

enum { MOST_GROWN = 3 };

static struct grown_image grown_by(struct arena *arena, const struct baseline *baseline,
                                   const struct loaded_image *loaded) {
    const struct baseline_image wanted = {.name = name_of(arena, loaded)};
    const struct baseline_image *known =
        bsearch(&wanted, baseline->images.items, baseline->images.count, sizeof wanted, by_name);
    uint64_t before = known == NULL ? 0 : known->va, now = loaded->image->vm_space;
    return (struct grown_image){loaded->file->path, now > before ? now - before : 0, known == NULL};
}

/* Puts it among those that grew most, in order; the earlier in loading order comes first. */
static void insert(struct grown_image most[MOST_GROWN], struct grown_image image) {
    for (size_t i = 0; i < MOST_GROWN; i++)
        if (image.by > most[i].by) {
            struct grown_image next = most[i];
            most[i] = image;
            image = next;
        }
}

const char *baseline_grown(struct arena *arena, const struct baseline *baseline,
                           const struct program *program) {
    struct grown_image most[MOST_GROWN] = {{0}};
    const char *text = NULL;
    if (baseline->images.count == 0)
        return NULL;
    for (size_t i = 0; i < program->images.count; i++)
        insert(most, grown_by(arena, baseline, &program->images.items[i]));
    for (size_t i = 0; i < MOST_GROWN && most[i].by != 0; i++)
        text =
            arena_format(arena, "%s%s%s %s%s", i == 0 ? "" : text, i == 0 ? "" : ", ", most[i].path,
                         size_text(most[i].by).text, most[i].is_new ? " (new)" : "");
    return text;
}
