/* The names of an image that can be read: what it wants and offers, or why that cannot be told. */
#include "fuzz.h"

#include "program/image_names.h"

#include <stdlib.h>

static void check_sealed(struct name_set *set) {
    name_set_seal(set);
    for (size_t i = 0; i < set->count; i++)
        if ((i > 0 && set->items[i - 1] >= set->items[i]) || !name_set_has(set, set->items[i]))
            abort();
}

static void read_names(struct bytes slice, const struct image *image) {
    const struct segment *segment = segments_find(&image->segments, "__LINKEDIT");
    struct bytes linkedit = {NULL, 0};
    struct image_names names = {0};
    struct error error = {.kind = ERROR_NONE};
    if (segment != NULL)
        bytes_part(slice, segment->file_offset, segment->file_size, &linkedit);
    if (image_names_read(image, linkedit, &names, &error) != (error.kind == ERROR_NONE))
        abort();
    check_sealed(&names.wanted);
    check_sealed(&names.exported);
    image_names_free(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes slice = {data, size};
    struct arena arena = {0};
    struct image image;
    struct error error;
    if (size < IMAGE_HEADER_SIZE)
        return 0;
    const struct architecture *architecture =
        architecture_of(bytes_u32(slice, 4), bytes_u32(slice, 8));
    if (architecture != NULL && image_parse(&arena, slice, size, architecture, &image, &error))
        read_names(slice, &image);
    arena_free(&arena);
    return 0;
}
