#include "program/facts.h"

#include "base/json.h"
#include "program/linkedit_sizes_json.h"

#include <stdio.h>
#include <string.h>

static void set_text(json_t *object, const char *name, const char *value) {
    json_object_set_new(object, name, json_text(value));
}

static void set_bytes(json_t *object, const char *name, uint64_t value) {
    json_object_set_new(object, name, json_bytes(value));
}

static json_t *uuid(const struct image *image) {
    char text[33];
    if (!image->has_uuid)
        return json_null();
    for (size_t i = 0; i < sizeof image->uuid; i++)
        snprintf(text + 2 * i, 3, "%02x", image->uuid[i]);
    return json_string(text);
}

static json_t *segments(const struct image *image) {
    json_t *array = json_array();
    for (size_t i = 0; i < image->segments.count; i++) {
        const struct segment *segment = &image->segments.items[i];
        json_t *object = json_object();
        set_text(object, "name", segment->name);
        set_bytes(object, "address", segment->address);
        set_bytes(object, "vm_size", segment->vm_size);
        set_bytes(object, "file_offset", segment->file_offset);
        set_bytes(object, "file_size", segment->file_size);
        set_bytes(object, "code_size", segment->code_size);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *dylibs(const struct image *image) {
    json_t *array = json_array();
    for (size_t i = 0; i < image->dylibs.count; i++) {
        const struct dylib_use *use = &image->dylibs.items[i];
        char buffer[16];
        json_t *object = json_object();
        set_text(object, "name", use->name);
        set_text(object, "command", load_command_name(use->command_number, buffer));
        json_object_set_new(object, "weak", json_boolean(use->weak));
        json_object_set_new(object, "reexport", json_boolean(use->reexport));
        json_object_set_new(object, "upward", json_boolean(use->upward));
        json_object_set_new(object, "delayed", json_boolean(use->delayed));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *parts(const struct image *image) {
    json_t *array = json_array();
    for (size_t i = 0; i < image->parts.count; i++) {
        const struct linkedit_part *part = &image->parts.items[i];
        json_t *object = json_object();
        set_text(object, "name", part->name);
        set_bytes(object, "file_offset", part->file_offset);
        set_bytes(object, "size", part->size);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *slice_to_json(const struct image_slice *slice) {
    const struct image *image = slice->image;
    json_t *object = json_object();
    set_text(object, "arch", slice->architecture->name);
    set_text(object, "type", image_type_name(image->type));
    set_text(object, "install_name", image->install_name);
    json_object_set_new(object, "uuid", uuid(image));
    set_bytes(object, "platform", image->platform);
    set_bytes(object, "minimum_version", image->minimum_version);
    json_object_set_new(object, "hardened", json_boolean(slice->hardened));
    set_bytes(object, "offset", slice->offset);
    set_bytes(object, "size", slice->size);
    set_bytes(object, "va", image->vm_space);
    json_object_set_new(object, "segments", segments(image));
    json_object_set_new(object, "dylibs", dylibs(image));
    json_object_set_new(object, "rpaths", json_texts(image->rpaths.items, image->rpaths.count));
    json_object_set_new(object, "environment",
                        json_texts(image->environment.items, image->environment.count));
    json_object_set_new(object, "linkedit_parts", parts(image));
    json_object_set_new(object, "parts", linkedit_sizes_to_json(&slice->linkedit_sizes));
    set_bytes(object, "lossless", slice->linkedit_sizes.lossless);
    set_bytes(object, "repeated_strings", slice->linkedit_sizes.repeated);
    return object;
}

json_t *facts_to_json(struct image_file *const *files, size_t count) {
    json_t *root = json_object(), *images = json_array();
    set_text(root, "schema", "vafit.facts/1");
    json_object_set_new(root, "images", images);
    for (size_t i = 0; i < count; i++) {
        const struct image_file *file = files[i];
        json_t *object = json_object(), *slices = json_array();
        set_text(object, "path", file->path);
        json_object_set_new(object, "names", json_texts(file->names.items, file->names.count));
        set_bytes(object, "file_size", file->size);
        json_object_set_new(object, "slices", slices);
        json_array_append_new(images, object);
        for (size_t slice = 0; slice < file->slice_count; slice++)
            if (file->slices[slice].image != NULL)
                json_array_append_new(slices, slice_to_json(&file->slices[slice]));
    }
    return root;
}
