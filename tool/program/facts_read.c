#include "program/facts.h"

#include "base/json_reader.h"
#include "program/linkedit_sizes_json.h"

#include <stdio.h>
#include <string.h>

/* Numbers of JSON are signed; no file and no address space is larger. */
#define MOST_BYTES (UINT64_C(1) << 47)

static bool read_number(struct json_reader *reader, const json_t *object, const char *member,
                        uint64_t *number) {
    return json_read_number(reader, object, member, MOST_BYTES,
                            "not a whole number of at most 2 to the 47th", number);
}

static bool read_listed_string(struct json_reader *reader, const json_t *value, void *context) {
    struct string_list *list = context;
    if (!json_is_string(value))
        return error_malformed(reader->error, reader->at, "not a string");
    *vector_push(reader->arena, list) = arena_string(reader->arena, json_string_value(value));
    return true;
}

/* Facts of former versions lack it: all of __TEXT is code then. */
static bool read_code_size(struct json_reader *reader, const json_t *object,
                           struct segment *segment) {
    if (json_object_get(object, "code_size") == NULL) {
        segment->code_size = strcmp(segment->name, "__TEXT") == 0 ? segment->vm_size : 0;
        return true;
    }
    return read_number(reader, object, "code_size", &segment->code_size) &&
           (segment->code_size <= segment->vm_size ||
            json_reject(reader, "code_size", "is more than vm_size"));
}

static bool read_segment(struct json_reader *reader, const json_t *object, void *context) {
    struct image *image = context;
    struct segment *segment = vector_push(reader->arena, &image->segments);
    const char *name;
    memset(segment, 0, sizeof *segment);
    if (!json_read_string(reader, object, "name", &name) ||
        !read_number(reader, object, "address", &segment->address) ||
        !read_number(reader, object, "vm_size", &segment->vm_size) ||
        !read_number(reader, object, "file_offset", &segment->file_offset) ||
        !read_number(reader, object, "file_size", &segment->file_size))
        return false;
    snprintf(segment->name, sizeof segment->name, "%s", name);
    if (segment->address + segment->vm_size > MOST_BYTES)
        return json_reject(reader, "vm_size", "ends past the 47 bits of a process's addresses");
    return read_code_size(reader, object, segment);
}

static bool read_dylib(struct json_reader *reader, const json_t *object, void *context) {
    struct image *image = context;
    struct dylib_use *use = vector_push(reader->arena, &image->dylibs);
    const char *command;
    *use = (struct dylib_use){.command = image->dylibs.count};
    if (!json_read_string(reader, object, "name", &use->name) ||
        !json_read_string(reader, object, "command", &command) ||
        !json_read_flag(reader, object, "weak", &use->weak) ||
        !json_read_flag(reader, object, "reexport", &use->reexport) ||
        !json_read_flag(reader, object, "upward", &use->upward) ||
        !json_read_flag(reader, object, "delayed", &use->delayed))
        return false;
    use->command_number = load_command_number_of(command);
    return dylib_use_is(use->command_number) ||
           json_reject(reader, "command", "not a command that loads a dylib");
}

static bool read_part(struct json_reader *reader, const json_t *object, void *context) {
    struct image *image = context;
    struct linkedit_part *part = vector_push(reader->arena, &image->parts);
    const char *name;
    if (!json_read_string(reader, object, "name", &name))
        return false;
    if (!linkedit_part_named(name, part))
        return json_reject(reader, "name", "not the name of a part of __LINKEDIT");
    return read_number(reader, object, "file_offset", &part->file_offset) &&
           read_number(reader, object, "size", &part->size);
}

/* Parts lie beside each other in __LINKEDIT. */
static bool parts_fit(struct json_reader *reader, const struct image *image) {
    uint64_t left = image->linkedit_size;
    for (size_t i = 0; i < image->parts.count; i++) {
        if (image->parts.items[i].size > left)
            return json_reject(reader, "linkedit_parts", "are more than the vm_size of __LINKEDIT");
        left -= image->parts.items[i].size;
    }
    return true;
}

/* Facts of former versions lack both. */
static bool read_lossless(struct json_reader *reader, const json_t *slice,
                          const struct image *image, struct linkedit_sizes *linkedit_sizes) {
    if (json_object_get(slice, "lossless") == NULL)
        return true;
    if (!read_number(reader, slice, "lossless", &linkedit_sizes->lossless) ||
        !read_number(reader, slice, "repeated_strings", &linkedit_sizes->repeated))
        return false;
    linkedit_sizes->has_lossless = true;
    if (linkedit_sizes->lossless > image->linkedit_size)
        return json_reject(reader, "lossless", "is more than the vm_size of __LINKEDIT");
    return linkedit_sizes->repeated <= image->linkedit_size ||
           json_reject(reader, "repeated_strings", "are more than the vm_size of __LINKEDIT");
}

static bool read_linkedit_sizes(struct json_reader *reader, const json_t *slice,
                                const struct image *image, struct linkedit_sizes *linkedit_sizes) {
    const json_t *object = json_object_get(slice, "parts");
    uint64_t sum = 0;
    if (!json_is_object(object))
        return json_reject(reader, "parts", "not an object");
    struct json_reader parts = json_reader_member(reader, "parts");
    for (size_t i = 0; linkedit_sizes_member(i) != NULL; i++) {
        const struct linkedit_sizes_member *member = linkedit_sizes_member(i);
        uint64_t *bytes = (uint64_t *)(void *)((char *)linkedit_sizes + member->offset);
        if (!read_number(&parts, object, member->name, bytes))
            return false;
        sum += *bytes;
    }
    linkedit_sizes->exact = true;
    if (sum != image->linkedit_size)
        return json_reject(reader, "parts", "do not add up to the vm_size of __LINKEDIT");
    return read_lossless(reader, slice, image, linkedit_sizes);
}

static bool type_of(const char *name, enum image_type *type) {
    static const enum image_type types[] = {MH_EXECUTE, MH_DYLIB, MH_BUNDLE};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(image_type_name(types[i]), name) == 0) {
            *type = types[i];
            return true;
        }
    return false;
}

/* `first` is the first slice of the file. */
static bool read_head(struct json_reader *reader, const json_t *object,
                      const struct image_slice *first, struct image_slice *slice,
                      struct image *image) {
    const char *architecture, *type;
    if (!json_read_string(reader, object, "arch", &architecture) ||
        !json_read_string(reader, object, "type", &type) ||
        !read_number(reader, object, "offset", &slice->offset) ||
        !read_number(reader, object, "size", &slice->size))
        return false;
    slice->architecture = image->architecture = architecture_named(architecture);
    if (slice->architecture == NULL)
        return json_reject(reader, "arch", "not an architecture that vafit judges");
    for (const struct image_slice *earlier = first; earlier < slice; earlier++)
        if (strcmp(earlier->architecture->name, architecture) == 0) {
            char what[32];
            snprintf(what, sizeof what, "%s comes twice", architecture);
            return json_reject(reader, "arch", what);
        }
    if (!type_of(type, &image->type))
        return json_reject(reader, "type", "neither executable, dylib nor bundle");
    return image->type != MH_DYLIB ||
           json_read_string(reader, object, "install_name", &image->install_name);
}

/* The checks of image_parse for the segments of an image. */
static bool segments_valid(struct json_reader *reader, const struct image *image) {
    struct error overlap;
    if (segments_find(&image->segments, "__TEXT") == NULL)
        return json_reject(reader, "segments", "there is no __TEXT segment");
    return segments_disjoint(&image->segments, &overlap) ||
           json_reject(reader, "segments", overlap.what);
}

/* Members that facts of former versions lack. */
static bool read_later_members(struct json_reader *reader, const json_t *object,
                               struct image_slice *slice, struct image *image) {
    struct string_list environment = {0};
    uint64_t platform = 0, minimum = 0;
    if (json_object_get(object, "platform") != NULL &&
        !read_number(reader, object, "platform", &platform))
        return false;
    if (json_object_get(object, "minimum_version") != NULL &&
        !read_number(reader, object, "minimum_version", &minimum))
        return false;
    if (json_object_get(object, "environment") != NULL &&
        !json_read_each(reader, object, "environment", read_listed_string, &environment))
        return false;
    if (json_object_get(object, "hardened") != NULL &&
        !json_read_flag(reader, object, "hardened", &slice->hardened))
        return false;
    const char *uuid = json_string_value(json_object_get(object, "uuid"));
    image->has_uuid = uuid != NULL && image_uuid_read(uuid, image->uuid);
    image->platform = (uint32_t)platform;
    image->minimum_version = (uint32_t)minimum;
    image->environment =
        (struct rpaths){environment.items, environment.count, environment.capacity};
    return (platform <= UINT32_MAX || json_reject(reader, "platform", "more than 32 bits")) &&
           (minimum <= UINT32_MAX || json_reject(reader, "minimum_version", "more than 32 bits"));
}

static bool read_slice(struct json_reader *reader, const json_t *object, void *context) {
    struct image_file *file = context;
    /* No architecture comes twice, so that there are never more. */
    if (file->slice_count == 0)
        file->slices = arena_take(reader->arena, UNIVERSAL_MAX_SLICES * sizeof *file->slices);
    struct image_slice *slice = &file->slices[file->slice_count++];
    struct image *image = arena_take(reader->arena, sizeof *image);
    struct string_list rpaths = {0};
    if (!read_head(reader, object, file->slices, slice, image) ||
        !json_read_each(reader, object, "segments", read_segment, image) ||
        !segments_valid(reader, image) ||
        !json_read_each(reader, object, "dylibs", read_dylib, image) ||
        !json_read_each(reader, object, "rpaths", read_listed_string, &rpaths) ||
        !json_read_each(reader, object, "linkedit_parts", read_part, image) ||
        !read_later_members(reader, object, slice, image))
        return false;
    image->rpaths = (struct rpaths){rpaths.items, rpaths.count, rpaths.capacity};
    image_measure(image);
    slice->image = image;
    slice->has_linkedit_sizes = true;
    return parts_fit(reader, image) &&
           read_linkedit_sizes(reader, object, image, &slice->linkedit_sizes);
}

static bool read_file(struct json_reader *reader, const json_t *object, void *context) {
    struct facts *facts = context;
    struct image_file *file = arena_take(reader->arena, sizeof *file);
    file->file.descriptor = -1;
    *vector_push(reader->arena, facts) = file;
    return json_read_string(reader, object, "path", &file->path) &&
           json_read_each(reader, object, "names", read_listed_string, &file->names) &&
           read_number(reader, object, "file_size", &file->size) &&
           json_read_each(reader, object, "slices", read_slice, file) &&
           (file->slice_count != 0 || json_reject(reader, "slices", "there are none"));
}

bool facts_from_json(struct arena *arena, const char *text, size_t size, struct facts *facts,
                     struct error *error) {
    struct json_reader reader = {arena, error, ""};
    json_error_t problem;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL)
        return error_malformed(error, "", "line %d: not JSON: %s", problem.line, problem.text);
    const char *schema = json_string_value(json_object_get(root, "schema"));
    bool read = schema != NULL && strcmp(schema, "vafit.facts/1") == 0
                    ? json_read_each(&reader, root, "images", read_file, facts)
                    : error_malformed(error, "schema", "not \"vafit.facts/1\"");
    json_decref(root);
    return read;
}
