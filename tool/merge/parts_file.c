#include "merge/parts_file.h"

#include "base/json.h"
#include "base/path.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define SCHEMA "vafit.parts/1"

const char *merged_leaf(struct arena *arena, const char *leaf, size_t number) {
    const char *dot = strrchr(leaf, '.');
    int stem = dot == NULL ? (int)strlen(leaf) : (int)(dot - leaf);
    return number == 0 ? leaf
                       : arena_format(arena, "%.*s_%zu%s", stem, leaf, number + 1, leaf + stem);
}

const char *parts_file_path(struct arena *arena, const char *merged) {
    return arena_format(arena, "%s.parts.json", merged);
}

enum { UUID_TEXT = 40, DIGEST_TEXT = 2 * SHA256_SIZE + 1, MOST_BYTES = 64 << 20 };

/* As crash reports write it. */
static void uuid_text(const uint8_t uuid[16], char text[UUID_TEXT]) {
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        const char *dash = i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
        at += (size_t)snprintf(text + at, UUID_TEXT - at, "%s%02X", dash, uuid[i]);
    }
}

static json_t *uuid_to_json(const uint8_t uuid[16]) {
    char text[UUID_TEXT];
    uuid_text(uuid, text);
    return json_text(text);
}

static json_t *digest_to_json(const uint8_t digest[SHA256_SIZE]) {
    char text[DIGEST_TEXT];
    for (size_t i = 0; i < SHA256_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return json_text(text);
}

static json_t *segments_to_json(const struct part *part) {
    json_t *segments = json_array();
    for (size_t i = 0; i < part->image->segments.count; i++) {
        const struct segment *segment = &part->image->segments.items[i];
        json_t *object = json_object();
        if (!segment_moves(segment)) {
            json_decref(object);
            continue;
        }
        json_object_set_new(object, "segment", json_text(segment->name));
        json_object_set_new(object, "size", json_bytes(segment->vm_size));
        json_object_set_new(object, "old_address", json_bytes(segment->address));
        json_object_set_new(object, "address", json_bytes(merge_address(part, segment->address)));
        json_array_append_new(segments, object);
    }
    return segments;
}

static json_t *part_to_json(const struct part *part) {
    json_t *object = json_object();
    json_object_set_new(object, "file", json_text(path_leaf(part->node->file->path)));
    json_object_set_new(object, "install_name", json_text(part->image->install_name));
    json_object_set_new(object, "uuid",
                        part->image->has_uuid ? uuid_to_json(part->image->uuid) : json_null());
    json_object_set_new(object, "segments", segments_to_json(part));
    return object;
}

static json_t *replaced_to_json(const struct replaced_files *replaced) {
    json_t *files = json_array();
    for (size_t i = 0; i < replaced->count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "path", json_text(replaced->items[i].path));
        json_object_set_new(object, "original", digest_to_json(replaced->items[i].original));
        json_object_set_new(object, "replacement", digest_to_json(replaced->items[i].replacement));
        json_array_append_new(files, object);
    }
    return files;
}

void parts_file_make(const struct merge *merge, const struct replaced_files *replaced,
                     struct buffer *json) {
    json_t *root = json_object(), *parts = json_array();
    struct text text = {0};
    json_object_set_new(root, "schema", json_text(SCHEMA));
    json_object_set_new(root, "install_name", json_text(merge->install_name));
    json_object_set_new(root, "uuid", uuid_to_json(merge->uuid));
    json_object_set_new(root, "parts", parts);
    for (size_t i = 0; i < merge->part_count; i++)
        json_array_append_new(parts, part_to_json(&merge->parts[i]));
    json_object_set_new(root, "replaced", replaced_to_json(replaced));
    json_write(root, &text);
    buffer_add(json, text.data, text.size);
    text_free(&text);
}

/* --- reading --- */

static bool read_digest(const json_t *value, uint8_t digest[SHA256_SIZE]) {
    const char *text = json_string_value(value);
    unsigned byte;
    if (text == NULL || strlen(text) != DIGEST_TEXT - 1)
        return false;
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        if (!isxdigit((unsigned char)text[2 * i]) || !isxdigit((unsigned char)text[2 * i + 1]) ||
            sscanf(text + 2 * i, "%2x", &byte) != 1)
            return false;
        digest[i] = (uint8_t)byte;
    }
    return true;
}

static bool read_replaced(struct arena *arena, const json_t *file, struct replaced_files *replaced,
                          struct error *error) {
    struct replaced_file *item = vector_push(arena, replaced);
    const char *path = json_string_value(json_object_get(file, "path"));
    item->path = path == NULL ? NULL : arena_string(arena, path);
    if (path != NULL && path[0] != '\0' && path[0] != '/' &&
        read_digest(json_object_get(file, "original"), item->original) &&
        read_digest(json_object_get(file, "replacement"), item->replacement))
        return true;
    return error_malformed(error, "replaced", "entry %zu is not what vafit writes",
                           replaced->count);
}

static bool read_all(struct arena *arena, const json_t *root, const uint8_t uuid[16],
                     struct replaced_files *replaced, struct error *error) {
    char wanted[UUID_TEXT];
    const char *schema = json_string_value(json_object_get(root, "schema"));
    const char *has = json_string_value(json_object_get(root, "uuid"));
    const json_t *files = json_object_get(root, "replaced");
    if (uuid != NULL)
        uuid_text(uuid, wanted);
    if (schema == NULL || strcmp(schema, SCHEMA) != 0)
        return error_malformed(error, "schema", "is not " SCHEMA);
    if (uuid != NULL && (has == NULL || strcmp(has, wanted) != 0))
        return error_malformed(error, "uuid", "is not that of the merged image, %s", wanted);
    for (size_t i = 0; i < json_array_size(files); i++)
        if (!read_replaced(arena, json_array_get(files, i), replaced, error))
            return false;
    return true;
}

static json_t *read_json(struct arena *arena, const char *path, struct error *error) {
    char *text;
    size_t size;
    json_error_t ignored;
    json_t *root = NULL;
    if (!file_read_all(arena, path, MOST_BYTES, &text, &size, error))
        return NULL;
    root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &ignored);
    if (root == NULL)
        error_malformed(error, "", "is no JSON");
    return root;
}

bool parts_file_read(struct arena *arena, const char *path, const uint8_t uuid[16],
                     struct replaced_files *replaced, struct error *error) {
    *replaced = (struct replaced_files){0};
    json_t *root = read_json(arena, path, error);
    bool read = root != NULL && read_all(arena, root, uuid, replaced, error);
    json_decref(root);
    if (!read)
        *replaced = (struct replaced_files){0};
    return read || error_in_file(error, path);
}

bool parts_file_read_parts(struct arena *arena, const char *path, struct string_list *files,
                           struct error *error) {
    json_t *root = read_json(arena, path, error);
    const json_t *parts = json_object_get(root, "parts");
    bool read = root != NULL;
    for (size_t i = 0; read && i < json_array_size(parts); i++) {
        const char *file = json_string_value(json_object_get(json_array_get(parts, i), "file"));
        read = file != NULL && file[0] != '\0' && strchr(file, '/') == NULL;
        if (read)
            *vector_push(arena, files) = arena_string(arena, file);
        else
            error_malformed(error, "parts", "entry %zu is not what vafit writes", i + 1);
    }
    json_decref(root);
    return read || error_in_file(error, path);
}

bool parts_file_of(struct arena *arena, const char *path, const struct image *image,
                   struct replaced_files *replaced) {
    const char *parts = parts_file_path(arena, path);
    struct error ignored;
    return image != NULL && image->has_uuid && path_look(parts) == PATH_FILE &&
           parts_file_read(arena, parts, image->uuid, replaced, &ignored);
}

static bool has_parts_of(const json_t *root, const struct merge *merge) {
    const json_t *parts = json_object_get(root, "parts");
    if (json_array_size(parts) != merge->part_count)
        return false;
    for (size_t i = 0; i < merge->part_count; i++) {
        const json_t *part = json_array_get(parts, i);
        const char *name = json_string_value(json_object_get(part, "install_name"));
        if (name == NULL || strcmp(name, merge->parts[i].image->install_name) != 0)
            return false;
    }
    return true;
}

bool parts_file_is_of(const char *path, const struct merge *merge) {
    struct arena arena = {0};
    struct error ignored;
    json_t *root = read_json(&arena, path, &ignored);
    bool same = root != NULL && has_parts_of(root, merge);
    json_decref(root);
    arena_free(&arena);
    return same;
}
