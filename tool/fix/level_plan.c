#include "fix/level_plan.h"

#include "base/file.h"
#include "base/json.h"
#include "base/json_reader.h"
#include "base/path.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST = 16 << 20 };

static const char schema[] = "vafit.plan/1";

/* Whatever links lead to the image, and however it was spelled. */
static const char *name_of(struct arena *arena, const char *path) {
    const char *real = file_real(arena, path), *here = file_real(arena, ".");
    return path_is_in(real, here) ? path_relative(arena, here, real) : real;
}

/* What a plan has is a spelling: of what it names nothing need be there yet. */
static const char *name_of_spelling(struct arena *arena, const char *path) {
    const char *here = file_real(arena, ".");
    const char *whole = path_tidy(arena, path[0] == '/' ? path : path_join(arena, here, path));
    return path_is_in(whole, here) ? path_relative(arena, here, whole) : whole;
}

static bool is_name_of_file(const char *path) {
    const char *leaf = path_leaf(path);
    return leaf[0] != '\0' && strcmp(leaf, ".") != 0 && strcmp(leaf, "..") != 0;
}

static int by_path(const void *left, const void *right) {
    return strcmp(((const struct planned_level *)left)->path,
                  ((const struct planned_level *)right)->path);
}

static struct planned_level *find(const struct level_plan *plan, const char *name) {
    const struct planned_level key = {name, NULL};
    return plan->count == 0 ? NULL
                            : bsearch(&key, plan->items, plan->count, sizeof *plan->items, by_path);
}

/* --- read --- */

static bool read_image(struct json_reader *reader, const json_t *object, void *context) {
    const char *level;
    struct planned_level *item = vector_push(reader->arena, (struct level_plan *)context);
    if (!json_read_string(reader, object, "path", &item->path) ||
        !json_read_string(reader, object, "level", &level))
        return false;
    if (!is_name_of_file(item->path))
        return json_reject(reader, "path", "not the path of a file");
    item->path = name_of_spelling(reader->arena, item->path);
    item->level = level_named(level);
    return (item->level != NULL && !item->level->drops_exports) ||
           json_reject(reader, "level", "not a level that `vafit link` knows");
}

static bool read_root(struct json_reader *reader, const json_t *root, struct level_plan *plan) {
    const char *found = json_string_value(json_object_get(root, "schema"));
    if (found == NULL || strcmp(found, schema) != 0)
        return json_reject(reader, "schema",
                           "not \"vafit.plan/1\", which `vafit fix --dry-run --plan` writes");
    if (!json_read_each(reader, root, "images", read_image, plan))
        return false;
    if (plan->count != 0)
        qsort(plan->items, plan->count, sizeof *plan->items, by_path);
    for (size_t i = 1; i < plan->count; i++)
        if (strcmp(plan->items[i - 1].path, plan->items[i].path) == 0)
            return error_malformed(reader->error, "images", "%s comes twice", plan->items[i].path);
    return true;
}

bool level_plan_read(struct arena *arena, const char *path, struct level_plan *plan,
                     struct error *error) {
    struct json_reader reader = {arena, error, ""};
    json_error_t problem;
    char *text;
    size_t size;
    *plan = (struct level_plan){0};
    if (!file_read_all(arena, path, LARGEST, &text, &size, error))
        return false;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    bool read = root != NULL ? read_root(&reader, root, plan)
                             : error_malformed(error, "", "line %d: not JSON: %s", problem.line,
                                               problem.text);
    json_decref(root);
    return read || error_in_file(error, path);
}

/* --- write --- */

static size_t rank(const struct level *level) {
    size_t i = 0;
    while (level_row(i) != level)
        i++;
    return i;
}

static bool can_be_in_json(const char *name) {
    json_t *string = json_string(name);
    json_decref(string);
    return string != NULL;
}

bool level_plan_add(struct arena *arena, struct level_plan *plan, const char *path,
                    const struct level *level, struct error *error) {
    const char *name = name_of(arena, path);
    struct planned_level *item = find(plan, name);
    if (!can_be_in_json(name))
        return error_io(error, path, "cannot be in a plan: its path is not UTF-8");
    if (item != NULL) {
        item->level = rank(level) > rank(item->level) ? level : item->level;
        return true;
    }
    *vector_push(arena, plan) = (struct planned_level){name, level};
    qsort(plan->items, plan->count, sizeof *plan->items, by_path);
    return true;
}

const struct level *level_plan_find(struct arena *arena, const struct level_plan *plan,
                                    const char *path) {
    const struct planned_level *item = find(plan, name_of(arena, path));
    return item == NULL ? NULL : item->level;
}

void level_plan_write(const struct level_plan *plan, struct text *text) {
    json_t *root = json_object(), *images = json_array();
    json_object_set_new(root, "schema", json_text(schema));
    json_object_set_new(root, "images", images);
    for (size_t i = 0; i < plan->count; i++) {
        json_t *image = json_object();
        json_object_set_new(image, "path", json_text(plan->items[i].path));
        json_object_set_new(image, "level", json_text(plan->items[i].level->name));
        json_array_append_new(images, image);
    }
    json_write(root, text);
}
