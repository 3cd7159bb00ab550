#include "program/closed_world.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "program/image_names.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* --- reading --- */

/* All of the files. */
struct world_reader {
    struct image_file *const *files;
    struct image_names *names; /* one a file */
    struct name_set *named;    /* by its strings; one a file */
    struct name_set exported;  /* by all of them */
    struct error *errors;
};

static bool read_names(const struct image_file *file, const struct image_slice *slice,
                       struct image_names *names, struct error *error) {
    const struct segment *linkedit = segments_find(&slice->image->segments, "__LINKEDIT");
    struct mapping mapping;
    if (linkedit == NULL)
        return true;
    if (!mapping_make(&file->file, slice->offset + linkedit->file_offset, linkedit->file_size,
                      &mapping, error))
        return false;
    bool read = image_names_read(slice->image, mapping.bytes, names, error);
    mapping_free(&mapping);
    return read;
}

/* One slice, in the first pass or in the second one. */
typedef bool read_slice(struct world_reader *reading, size_t i, const struct image_file *file,
                        const struct image_slice *slice);

static bool read_slice_names(struct world_reader *reading, size_t i, const struct image_file *file,
                             const struct image_slice *slice) {
    return read_names(file, slice, &reading->names[i], &reading->errors[i]);
}

static bool read_slice_strings(struct world_reader *reading, size_t i,
                               const struct image_file *file, const struct image_slice *slice) {
    return image_names_in_strings(file, slice, &reading->exported, &reading->named[i],
                                  &reading->errors[i]);
}

static void read_file(struct world_reader *reading, size_t i, read_slice *read) {
    struct image_file file = *reading->files[i];
    struct error *error = &reading->errors[i];
    if (error->kind != ERROR_NONE || !file_open(file.path, &file.file, error))
        return;
    for (size_t j = 0; j < file.slice_count && error->kind == ERROR_NONE; j++)
        if (file.slices[j].image == NULL)
            error_malformed(error, file.slices[j].architecture->name, "the slice cannot be read");
        else
            read(reading, i, &file, &file.slices[j]);
    if (error->kind != ERROR_NONE)
        error_in_file(error, file.path);
    file_close(&file.file);
}

static void read_file_names(void *context, size_t i) {
    struct world_reader *reading = context;
    read_file(reading, i, read_slice_names);
    name_set_seal(&reading->names[i].wanted);
}

static void read_file_strings(void *context, size_t i) {
    struct world_reader *reading = context;
    read_file(reading, i, read_slice_strings);
    name_set_seal(&reading->named[i]);
}

static void read_all_names(struct closed_world *world, struct world_reader *reading, size_t count) {
    reading->names = memory_zeros(count, sizeof *reading->names);
    parallel_for(count, read_file_names, reading);
    for (size_t i = 0; i < count; i++) {
        name_set_add_all(&world->wanted, &reading->names[i].wanted);
        name_set_add_all(&reading->exported, &reading->names[i].exported);
        image_names_free(&reading->names[i]);
    }
    free(reading->names);
    name_set_seal(&reading->exported);
}

static void read_all_strings(struct closed_world *world, struct world_reader *reading,
                             size_t count) {
    reading->named = memory_zeros(count, sizeof *reading->named);
    parallel_for(count, read_file_strings, reading);
    for (size_t i = 0; i < count; i++) {
        name_set_add_all(&world->wanted, &reading->named[i]);
        name_set_free(&reading->named[i]);
    }
    free(reading->named);
}

void closed_world_read(struct closed_world *world, struct image_file *const *files, size_t count,
                       const struct world_rules *rules, struct error *errors) {
    struct world_reader reading = {.files = files, .errors = errors};
    *world = (struct closed_world){.keep = rules->keep};
    for (size_t i = 0; i < count; i++)
        errors[i].kind = ERROR_NONE;
    read_all_names(world, &reading, count);
    if (!rules->ignore_strings)
        read_all_strings(world, &reading, count);
    name_set_seal(&world->wanted);
    name_set_free(&reading.exported);
    for (size_t i = 0; i < count; i++)
        world->is_open |= errors[i].kind != ERROR_NONE;
}

void closed_world_free(struct closed_world *world) {
    name_set_free(&world->wanted);
    *world = (struct closed_world){0};
}

/* --- what stays --- */

static bool begins_with(struct bytes name, const char *beginning) {
    size_t size = strlen(beginning);
    return name.size >= size && memcmp(name.data, beginning, size) == 0;
}

static bool stays_everywhere(const struct export *export) {
    static const char *const operators[] = {"__Znw", "__Zna", "__Zdl", "__Zda"};
    static const char header[] = "__mh_execute_header";
    if ((export->flags & (EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION | EXPORT_SYMBOL_FLAGS_REEXPORT)) != 0)
        return true;
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (begins_with(export->name, operators[i]))
            return true;
    return export->name.size == sizeof header - 1 && begins_with(export->name, header);
}

static bool matches(const struct string_list *globs, struct bytes name) {
    if (globs->count == 0)
        return false;
    bool found = false;
    char *text = memory_zeros(name.size + 1, 1);
    if (name.size != 0)
        memcpy(text, name.data, name.size);
    for (size_t i = 0; i < globs->count && !found; i++)
        found = fnmatch(globs->items[i], text, 0) == 0;
    free(text);
    return found;
}

bool world_filter_keeps(void *context, const struct export *export) {
    struct world_filter *filter = context;
    const struct closed_world *world = filter->world;
    uint64_t hash = name_hasher_next(&filter->hasher, export->name, export->shared);
    return world->is_open || stays_everywhere(export) || name_set_has(&world->wanted, hash) ||
           matches(&world->keep, export->name);
}

void world_filter_free(struct world_filter *filter) {
    name_hasher_free(&filter->hasher);
}
