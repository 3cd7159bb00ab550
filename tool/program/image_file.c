#include "program/image_file.h"

#include "base/text.h"
#include "macho/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The first read of a file: enough for the header and load commands of nearly every image. */
enum { FIRST_READ = 8192, FILETYPE = 12 /* of a mach_header_64 */ };

/* Reads the first `wanted` bytes of a slice of `size` bytes, or all of it, into `buffer`; data is
 * NULL after an error. */
static struct bytes read_head(const struct image_file *file, uint64_t offset, uint64_t size,
                              uint8_t *buffer, size_t wanted, struct error *error) {
    struct bytes head = {NULL, size < wanted ? (size_t)size : wanted};
    if (file_read(&file->file, offset, buffer, head.size, error))
        head.data = buffer;
    return head;
}

/* Parses the slice whose first bytes are `head`; reads the rest when the load commands go on. */
static bool parse_slice(struct arena *arena, const struct image_file *file,
                        struct image_slice *slice, struct bytes head, struct error *error) {
    struct image *image = arena_take(arena, sizeof *image);
    size_t size;
    if (!image_head_size(head, slice->size, &size, error))
        return false;
    uint8_t *kept = arena_take(arena, size);
    if (size > head.size) {
        head = read_head(file, slice->offset, slice->size, kept, size, error);
        if (head.data == NULL)
            return false;
    } else {
        memcpy(kept, head.data, size);
        head = (struct bytes){kept, size};
    }
    if (!image_parse(arena, head, slice->size, slice->architecture, image, error))
        return false;
    slice->image = image;
    return true;
}

/* Puts "arm64 slice: " before the field of an error. */
static void name_slice(const struct image_slice *slice, struct error *error) {
    char field[sizeof error->field];
    snprintf(field, sizeof field, "%s", error->field);
    snprintf(error->field, sizeof error->field, "%s slice%s%.140s", slice->architecture->name,
             field[0] == '\0' ? "" : ": ", field);
}

bool image_file_parse(struct arena *arena, struct image_file *file, struct image_slice *slice,
                      struct error *error) {
    uint8_t buffer[FIRST_READ];
    if (slice->image != NULL)
        return true;
    struct bytes head = read_head(file, slice->offset, slice->size, buffer, sizeof buffer, error);
    if (head.data == NULL || !parse_slice(arena, file, slice, head, error)) {
        slice->failed = true;
        if (!file->thin)
            name_slice(slice, error);
        return error_in_file(error, file->path);
    }
    return true;
}

static bool take_slices(struct arena *arena, struct image_file *file,
                        const struct universal *universal, struct error *error) {
    file->slices = arena_take(arena, universal->slice_count * sizeof *file->slices);
    for (size_t i = 0; i < universal->slice_count; i++)
        if (universal->slices[i].architecture != NULL)
            file->slices[file->slice_count++] = (struct image_slice){
                .architecture = universal->slices[i].architecture,
                .offset = universal->slices[i].offset,
                .size = universal->slices[i].size,
            };
    if (file->slice_count == 0 && !universal->thin)
        return error_malformed(error, "universal header",
                               "no slice is arm64, arm64e, x86_64 or x86_64h");
    if (file->slice_count == 0)
        return error_malformed(error, "mach_header cputype",
                               "0x%" PRIx32 " with cpusubtype 0x%" PRIx32
                               " is not arm64, arm64e, x86_64 or x86_64h",
                               universal->slices[0].cpu_type, universal->slices[0].cpu_subtype);
    return true;
}

static bool read_slices(struct arena *arena, struct image_file *file, struct bytes head,
                        struct error *error) {
    struct universal universal;
    if (!universal_parse(head, file->size, &universal, error) ||
        !take_slices(arena, file, &universal, error))
        return false;
    file->thin = universal.thin;
    return !universal.thin || parse_slice(arena, file, &file->slices[0], head, error);
}

/* Which images are asked for. */
struct image_wish {
    const char *architecture; /* NULL for any */
    bool programs;            /* MH_EXECUTE alone */
};

static bool head_is(struct bytes head, const struct image_wish *wish) {
    return image_begins(head) && (!wish->programs || bytes_u32(head, FILETYPE) == MH_EXECUTE);
}

/* Whether the slice at `offset` begins as such an image does. */
static bool slice_is(const struct file *file, uint64_t offset, const struct image_wish *wish) {
    uint8_t head[IMAGE_HEADER_SIZE];
    struct error ignored;
    return range_within(offset, sizeof head, file->size) &&
           file_read(file, offset, head, sizeof head, &ignored) &&
           head_is((struct bytes){head, sizeof head}, wish);
}

static bool is_wished(const struct architecture *architecture, const struct image_wish *wish) {
    return architecture != NULL &&
           (wish->architecture == NULL || strcmp(architecture->name, wish->architecture) == 0);
}

static bool file_has(const struct file *file, const struct image_wish *wish) {
    uint8_t buffer[UNIVERSAL_HEAD];
    struct bytes head = {buffer, file->size < sizeof buffer ? (size_t)file->size : sizeof buffer};
    struct universal universal;
    struct error ignored;
    if (head.size < IMAGE_HEADER_SIZE || !file_read(file, 0, buffer, head.size, &ignored))
        return false;
    uint32_t magic = bytes_u32_big(head, 0);
    bool is_universal = magic == FAT_MAGIC || magic == FAT_MAGIC_64;
    if (!is_universal && !head_is(head, wish))
        return false;
    if (!universal_parse(head, file->size, &universal, &ignored))
        return true;
    for (size_t i = 0; i < universal.slice_count; i++)
        if (is_wished(universal.slices[i].architecture, wish) &&
            slice_is(file, universal.slices[i].offset, wish))
            return true;
    return false;
}

bool image_file_is_loaded(const struct file *file) {
    return file_has(file, &(struct image_wish){0});
}

bool image_file_has_program(const struct file *file, const char *architecture) {
    return file_has(file, &(struct image_wish){architecture, true});
}

bool image_file_read(struct arena *arena, struct image_file *file, struct error *error) {
    uint8_t buffer[FIRST_READ];
    struct bytes head = read_head(file, 0, file->size, buffer, sizeof buffer, error);
    return (head.data != NULL && read_slices(arena, file, head, error)) ||
           error_in_file(error, file->path);
}

bool image_file_map_head(const struct image_file *file, const struct image_slice *slice,
                         struct mapping *head, struct error *error) {
    size_t size;
    if (!mapping_make(&file->file, slice->offset, IMAGE_HEADER_SIZE, head, error))
        return false;
    bool sized = image_head_size(head->bytes, slice->size, &size, error);
    mapping_free(head);
    return sized && mapping_make(&file->file, slice->offset, size, head, error);
}

bool image_file_map_slice(const struct image_file *file, const struct image_slice *slice,
                          struct mapping *mapping, struct error *error) {
    return mapping_make(&file->file, slice->offset, slice->size, mapping, error);
}

bool image_file_map_universal(const struct image_file *file, struct mapping *head,
                              struct universal *universal, struct error *error) {
    uint64_t size = file->size < UNIVERSAL_HEAD ? file->size : UNIVERSAL_HEAD;
    if (!mapping_make(&file->file, 0, size, head, error))
        return false;
    if (universal_parse(head->bytes, file->size, universal, error))
        return true;
    mapping_free(head);
    return false;
}

struct image_slice *image_file_slice(struct image_file *file, const char *architecture) {
    for (size_t i = 0; i < file->slice_count; i++)
        if (strcmp(file->slices[i].architecture->name, architecture) == 0)
            return &file->slices[i];
    return NULL;
}

struct image_slice *image_file_slice_for(struct image_file *file,
                                         const struct architecture *program) {
    for (size_t i = 0; i < 2 && program->loads[i] != NULL; i++) {
        struct image_slice *slice = image_file_slice(file, program->loads[i]);
        if (slice != NULL)
            return slice;
    }
    return NULL;
}

struct linkedit_sizes image_slice_linkedit_sizes(const struct image_slice *slice) {
    struct linkedit_sizes linkedit_sizes;
    if (slice->wants_linkedit_sizes && slice->has_linkedit_sizes) {
        linkedit_sizes = slice->linkedit_sizes;
        linkedit_sizes.has_lossless &= slice->wants_lossless;
        return linkedit_sizes;
    }
    linkedit_sizes_from_image(slice->image, &linkedit_sizes);
    return linkedit_sizes;
}

const char *image_file_architectures(struct arena *arena, const struct image_file *file) {
    struct text text = {0};
    for (size_t i = 0; i < file->slice_count; i++)
        text_addf(&text, "%s%s", i == 0 ? "" : ", ", file->slices[i].architecture->name);
    const char *names = arena_string(arena, text.data == NULL ? "" : text.data);
    text_free(&text);
    return names;
}
