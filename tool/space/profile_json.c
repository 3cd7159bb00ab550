#include "base/size.h"
#include "space/profile.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Where the member of a JSON object goes. */
struct number_member {
    const char *name;
    size_t offset;
};

#define LAYOUT_MEMBER(member)                                                                      \
    { #member, offsetof(struct layout, member) }
#define WINDOW_MEMBER(member)                                                                      \
    { #member, offsetof(struct malloc_window, member) }

static const struct number_member layout_members[] = {
    LAYOUT_MEMBER(page_size),  LAYOUT_MEMBER(image_base), LAYOUT_MEMBER(address_end),
    LAYOUT_MEMBER(slide_most), LAYOUT_MEMBER(slide_step), LAYOUT_MEMBER(loader_size),
    LAYOUT_MEMBER(stack_end),  LAYOUT_MEMBER(stack_size), {NULL, 0},
};

static const struct number_member window_members[] = {
    WINDOW_MEMBER(start), WINDOW_MEMBER(size), WINDOW_MEMBER(stride),
    WINDOW_MEMBER(slots), {NULL, 0},
};

struct profile_reader {
    const char *at; /* "arm64" or "arm64.window": for the names of fields */
    struct error *error;
};

static bool reject(struct profile_reader *reader, const char *member, const char *what) {
    char field[96];
    snprintf(field, sizeof field, "%s.%s", reader->at, member);
    return error_malformed(reader->error, field, "%s", what);
}

/* A whole number, or a size as a string. */
static bool read_number(struct profile_reader *reader, const char *member, const json_t *value,
                        uint64_t *number) {
    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        *number = (uint64_t)json_integer_value(value);
        return true;
    }
    if (json_is_string(value) && size_parse(json_string_value(value), number))
        return true;
    return reject(reader, member, "neither a whole number of bytes nor a size such as \"16GiB\"");
}

static bool read_span(struct profile_reader *reader, const char *member, const json_t *value,
                      struct span *span) {
    if (json_array_size(value) != 2)
        return reject(reader, member, "not a pair of addresses, [start, end]");
    return read_number(reader, member, json_array_get(value, 0), &span->start) &&
           read_number(reader, member, json_array_get(value, 1), &span->end);
}

static bool read_reserved(struct profile_reader *reader, const char *member, const json_t *value,
                          struct layout *layout) {
    if (!json_is_array(value) || json_array_size(value) > PROFILE_MOST_RESERVED)
        return reject(reader, member, "not a list of at most 4 pairs of addresses");
    layout->reserved_count = json_array_size(value);
    for (size_t i = 0; i < layout->reserved_count; i++)
        if (!read_span(reader, member, json_array_get(value, i), &layout->reserved[i]))
            return false;
    return true;
}

/* Fills the numbers that `members` names in *target; *known says whether `name` is one of them. */
static bool read_member(struct profile_reader *reader, const struct number_member *members,
                        const char *name, const json_t *value, void *target, bool *known) {
    for (*known = false; members->name != NULL; members++)
        if (strcmp(members->name, name) == 0) {
            *known = true;
            return read_number(reader, name, value,
                               (uint64_t *)(void *)((char *)target + members->offset));
        }
    return true;
}

static bool read_window(struct profile_reader *reader, json_t *object,
                        struct malloc_window *window) {
    char at[32];
    snprintf(at, sizeof at, "%s.window", reader->at);
    struct profile_reader inside = {at, reader->error};
    const char *name;
    json_t *value;
    bool known;
    *window = (struct malloc_window){0};
    if (json_is_null(object))
        return true;
    if (!json_is_object(object))
        return reject(reader, "window", "neither an object nor null");
    json_object_foreach(object, name, value) {
        if (!read_member(&inside, window_members, name, value, window, &known))
            return false;
        if (!known)
            return reject(&inside, name, "no member of a window");
    }
    /* A window without slots is none, and null says so plainly. */
    return window->slots != 0 || reject(reader, "window", WINDOW_NEEDS);
}

static bool read_layout(struct profile_reader *reader, json_t *object, struct layout *layout) {
    const char *name;
    json_t *value;
    bool known = true;
    uint64_t slide_most = layout->slide_most;
    json_object_foreach(object, name, value) {
        bool read;
        if (strcmp(name, "shared_region") == 0)
            read = read_span(reader, name, value, &layout->shared_region);
        else if (strcmp(name, "reserved") == 0)
            read = read_reserved(reader, name, value, layout);
        else if (strcmp(name, "window") == 0)
            read = read_window(reader, value, &layout->window);
        else
            read = read_member(reader, layout_members, name, value, layout, &known);
        if (!read)
            return false;
        if (!known)
            return reject(reader, name, "no member of a layout");
    }
    /* Of other slides only the greatest is known. */
    if (layout->slide_most != slide_most)
        layout->slides = (struct slides){0};
    return layout_valid(layout, reader->at, reader->error);
}

static const struct layout *read_family(struct arena *arena, json_t *root, const char *family,
                                        const struct layout *base, struct error *error) {
    struct profile_reader reader = {family, error};
    json_t *object = json_object_get(root, family);
    if (object == NULL)
        return base;
    struct layout *layout = arena_take(arena, sizeof *layout);
    *layout = *base;
    if (!json_is_object(object)) {
        error_malformed(error, family, "not an object");
        return NULL;
    }
    return read_layout(&reader, object, layout) ? layout : NULL;
}

/* A misspelt member would silently leave a profile what it is based on. */
static bool members_known(json_t *root, struct error *error) {
    static const char *const known[] = {"schema", "name", "based_on", "arm64", "x86_64"};
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value) {
        size_t i = 0;
        while (i < sizeof known / sizeof known[0] && strcmp(known[i], name) != 0)
            i++;
        if (i == sizeof known / sizeof known[0])
            return error_malformed(error, name, "no member of a profile");
    }
    return true;
}

static bool read_profile(struct arena *arena, json_t *root, struct profile *profile,
                         struct error *error) {
    const char *schema = json_string_value(json_object_get(root, "schema"));
    const char *name = json_string_value(json_object_get(root, "name"));
    const char *base_name = json_string_value(json_object_get(root, "based_on"));
    if (schema == NULL || strcmp(schema, "vafit.profile/1") != 0)
        return error_malformed(error, "schema", "not \"vafit.profile/1\"");
    if (!members_known(root, error))
        return false;
    if (name == NULL)
        return error_malformed(error, "name", "not a string");
    const struct profile *base = base_name == NULL ? NULL : profile_named(base_name);
    if (base == NULL)
        return error_malformed(error, "based_on", "not the name of a built-in profile");
    *profile = *base;
    profile->name = arena_string(arena, name);
    profile->about = arena_format(arena, "a profile of your own, based on %s", base->name);
    profile->arm64 = read_family(arena, root, "arm64", base->arm64, error);
    if (profile->arm64 == NULL)
        return false;
    profile->x86_64 = read_family(arena, root, "x86_64", base->x86_64, error);
    return profile->x86_64 != NULL;
}

bool profile_from_json(struct arena *arena, const char *text, size_t size, struct profile *profile,
                       struct error *error) {
    json_error_t problem;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL)
        return error_malformed(error, "", "line %d: not JSON: %s", problem.line, problem.text);
    bool read = json_is_object(root) ? read_profile(arena, root, profile, error)
                                     : error_malformed(error, "", "not a JSON object");
    json_decref(root);
    return read;
}
