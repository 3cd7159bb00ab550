#include "report/check_read.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

/* Where in the report the reading is. */
struct report_place {
    struct arena *arena;
    struct error *error;
    char at[96]; /* the object being read: "programs[3].images[12]" */
};

static bool reject(const struct report_place *place, const char *member, const char *what) {
    char field[160];
    snprintf(field, sizeof field, "%s%s%s", place->at, place->at[0] == '\0' ? "" : ".", member);
    return error_malformed(place->error, field, "%s", what);
}

/* Calls read(place of the element, element, context) for every element of a list. */
static bool read_each(const struct report_place *place, const json_t *object, const char *member,
                      bool (*read)(const struct report_place *, const json_t *, void *),
                      void *context) {
    const json_t *list = json_object_get(object, member);
    if (!json_is_array(list))
        return reject(place, member, "not a list");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct report_place element = {place->arena, place->error, ""};
        snprintf(element.at, sizeof element.at, "%.40s%s%s[%zu]", place->at,
                 place->at[0] == '\0' ? "" : ".", member, i);
        if (!read(&element, json_array_get(list, i), context))
            return false;
    }
    return true;
}

static bool read_string(const struct report_place *place, const json_t *object, const char *member,
                        const char **string) {
    const char *value = json_string_value(json_object_get(object, member));
    if (value == NULL)
        return reject(place, member, "not a string");
    *string = arena_string(place->arena, value);
    return true;
}

static bool read_number(const struct report_place *place, const json_t *object, const char *member,
                        uint64_t *number) {
    const json_t *value = json_object_get(object, member);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return reject(place, member, "not a whole number");
    *number = (uint64_t)json_integer_value(value);
    return true;
}

/* Member `inner` of the object that is member `outer`. */
static bool read_inner(const struct report_place *place, const json_t *object, const char *outer,
                       const char *inner, uint64_t *number) {
    const json_t *value = json_object_get(object, outer);
    struct report_place inside = *place;
    if (!json_is_object(value))
        return reject(place, outer, "not an object");
    snprintf(inside.at, sizeof inside.at, "%.60s.%s", place->at, outer);
    return read_number(&inside, value, inner, number);
}

static bool read_window(const struct report_place *place, const json_t *object,
                        struct checked_program *program) {
    const json_t *window = json_object_get(object, "malloc_window");
    if (window == NULL || json_is_null(window))
        return true;
    program->has_window = true;
    if (!read_inner(place, object, "malloc_window", "slots_hit", &program->slots_hit) ||
        !read_inner(place, object, "malloc_window", "slots", &program->slots))
        return false;
    if (program->slots == 0)
        return reject(place, "malloc_window.slots", "is 0");
    return program->slots_hit <= program->slots ||
           reject(place, "malloc_window.slots_hit", "is more than slots");
}

/* As check counts them: neither weak nor allowed. */
static bool read_unresolved(const struct report_place *place, const json_t *object, void *context) {
    uint64_t *missing = context;
    const json_t *weak = json_object_get(object, "weak"),
                 *allowed = json_object_get(object, "allowed");
    if (!json_is_boolean(weak))
        return reject(place, "weak", "neither true nor false");
    if (!json_is_boolean(allowed))
        return reject(place, "allowed", "neither true nor false");
    *missing += json_is_false(weak) && json_is_false(allowed);
    return true;
}

static bool read_image(const struct report_place *place, const json_t *object, void *context) {
    struct checked_images *images = context;
    struct checked_image *image = vector_push(place->arena, images);
    return read_string(place, object, "path", &image->path) &&
           read_number(place, object, "va", &image->va);
}

static bool read_program(const struct report_place *place, const json_t *object, void *context) {
    struct checked_programs *programs = context;
    struct checked_program *program = vector_push(place->arena, programs);
    *program = (struct checked_program){0};
    return read_string(place, object, "executable", &program->executable) &&
           read_string(place, object, "arch", &program->arch) &&
           read_string(place, object, "profile", &program->profile) &&
           read_inner(place, object, "va", "sum", &program->sum) &&
           read_inner(place, object, "placement", "top_slid", &program->top_slid) &&
           read_window(place, object, program) &&
           read_each(place, object, "images", read_image, &program->images) &&
           read_each(place, object, "unresolved", read_unresolved, &program->missing);
}

static bool read_root(const struct report_place *place, const json_t *root,
                      struct checked_programs *programs) {
    static const char wanted[] = "vafit.check/1";
    const char *schema = json_string_value(json_object_get(root, "schema"));
    if (schema == NULL)
        return reject(place, "schema",
                      "not \"vafit.check/1\", which vafit check --format json "
                      "writes");
    if (strcmp(schema, wanted) != 0)
        return error_malformed(place->error, "schema", "\"%.200s\", not \"%s\"", schema, wanted);
    return read_each(place, root, "programs", read_program, programs);
}

bool check_read(struct arena *arena, const char *text, size_t size,
                struct checked_programs *programs, struct error *error) {
    const struct report_place place = {arena, error, ""};
    json_error_t problem;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL)
        return error_malformed(error, "", "line %d: not JSON: %s", problem.line, problem.text);
    bool read = read_root(&place, root, programs);
    json_decref(root);
    return read;
}
