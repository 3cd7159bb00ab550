#include "report/check_read.h"

#include "base/json_reader.h"

#include <string.h>

static bool read_number(const struct json_reader *reader, const json_t *object, const char *member,
                        uint64_t *number) {
    return json_read_number(reader, object, member, INT64_MAX, "not a whole number", number);
}

/* Member `inner` of the object that is member `outer`. */
static bool read_inner(const struct json_reader *reader, const json_t *object, const char *outer,
                       const char *inner, uint64_t *number) {
    const json_t *value = json_object_get(object, outer);
    const struct json_reader inside = json_reader_member(reader, outer);
    return json_is_object(value) ? read_number(&inside, value, inner, number)
                                 : json_reject(reader, outer, "not an object");
}

static bool read_window(struct json_reader *reader, const json_t *object,
                        struct checked_program *program) {
    const json_t *window = json_object_get(object, "malloc_window");
    if (window == NULL || json_is_null(window))
        return true;
    program->has_window = true;
    if (!read_inner(reader, object, "malloc_window", "slots_hit", &program->slots_hit) ||
        !read_inner(reader, object, "malloc_window", "slots", &program->slots))
        return false;
    if (program->slots == 0)
        return json_reject(reader, "malloc_window.slots", "is 0");
    return program->slots_hit <= program->slots ||
           json_reject(reader, "malloc_window.slots_hit", "is more than slots");
}

/* As check counts them: neither weak nor allowed. */
static bool read_unresolved(struct json_reader *reader, const json_t *object, void *context) {
    uint64_t *missing = context;
    bool is_weak, is_allowed;
    if (!json_read_flag(reader, object, "weak", &is_weak) ||
        !json_read_flag(reader, object, "allowed", &is_allowed))
        return false;
    *missing += !is_weak && !is_allowed;
    return true;
}

static bool read_image(struct json_reader *reader, const json_t *object, void *context) {
    struct checked_images *images = context;
    struct checked_image *image = vector_push(reader->arena, images);
    return json_read_string(reader, object, "path", &image->path) &&
           read_number(reader, object, "va", &image->va);
}

/* What is being read, and in vafit.checks/1 the images that its programs tell by number. */
struct check_source {
    struct checked_programs *programs;
    struct checked_images all;
    bool is_compact;
};

/* [image, address, loaded_by] */
static bool read_row(const struct json_reader *reader, const json_t *row,
                     const struct checked_images *all, struct checked_images *images) {
    const json_t *number = json_array_get(row, 0);
    json_int_t index = json_is_integer(number) ? json_integer_value(number) : -1;
    if (index < 0 || (uint64_t)index >= all->count)
        return json_reject(reader, "0", "not the number of an image");
    *vector_push(reader->arena, images) = all->items[index];
    return true;
}

static bool read_rows(const struct json_reader *reader, const json_t *object,
                      const struct checked_images *all, struct checked_images *images) {
    const json_t *rows = json_object_get(object, "images");
    if (!json_is_array(rows))
        return json_reject(reader, "images", "not a list");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const struct json_reader element = json_reader_element(reader, "images", i);
        if (!read_row(&element, json_array_get(rows, i), all, images))
            return false;
    }
    return true;
}

static bool read_program(struct json_reader *reader, const json_t *object, void *context) {
    struct check_source *source = context;
    struct checked_program *program = vector_push(reader->arena, source->programs);
    *program = (struct checked_program){0};
    return json_read_string(reader, object, "executable", &program->executable) &&
           json_read_string(reader, object, "arch", &program->arch) &&
           json_read_string(reader, object, "profile", &program->profile) &&
           read_inner(reader, object, "va", "sum", &program->sum) &&
           read_inner(reader, object, "placement", "top_slid", &program->top_slid) &&
           read_window(reader, object, program) &&
           (source->is_compact
                ? read_rows(reader, object, &source->all, &program->images)
                : json_read_each(reader, object, "images", read_image, &program->images)) &&
           json_read_each(reader, object, "unresolved", read_unresolved, &program->missing);
}

static bool read_root(struct json_reader *reader, const json_t *root,
                      struct checked_programs *programs) {
    static const char wanted[] = "vafit.check/1", compact[] = "vafit.checks/1";
    const char *schema = json_string_value(json_object_get(root, "schema"));
    struct check_source source = {.programs = programs};
    if (schema == NULL)
        return json_reject(reader, "schema",
                           "not \"vafit.check/1\", which vafit check --format json "
                           "writes");
    source.is_compact = strcmp(schema, compact) == 0;
    if (!source.is_compact && strcmp(schema, wanted) != 0)
        return error_malformed(reader->error, "schema", "\"%.200s\", not \"%s\"", schema, wanted);
    return (!source.is_compact ||
            json_read_each(reader, root, "images", read_image, &source.all)) &&
           json_read_each(reader, root, "programs", read_program, &source);
}

bool check_read(struct arena *arena, const char *text, size_t size,
                struct checked_programs *programs, struct error *error) {
    struct json_reader reader = {arena, error, ""};
    json_error_t problem;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL)
        return error_malformed(error, "", "line %d: not JSON: %s", problem.line, problem.text);
    bool read = read_root(&reader, root, programs);
    json_decref(root);
    return read;
}
