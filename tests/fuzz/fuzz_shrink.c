/* Shrinking: an image that can be read is packed at a level, and what comes out can be read again.
 * It is not smaller than what the load commands tell. The first byte says which level; at `exports`
 * nobody asks for any. */
#include "fuzz.h"

#include "macho/image.h"
#include "rewrite/linkedit_rewrite.h"

#include <stdlib.h>
#include <string.h>

static void check_result(struct arena *arena, const struct old_slice *old,
                         const struct level *level, const struct new_linkedit *made) {
    struct image image;
    struct error error;
    struct bytes head = {made->head, old->head.size};
    uint64_t size = old->linkedit_offset + made->linkedit_size;
    if (!image_parse(arena, head, size, old->image->architecture, &image, &error))
        abort();
    if (made->linkedit_size < linkedit_least_size(old->image, level))
        abort();
    for (size_t i = 0; i < image.parts.count; i++)
        if (!linkedit_part_aligned(&image.parts.items[i]))
            abort();
}

static void shrink(struct arena *arena, struct bytes slice, const struct image *image,
                   size_t head_size, const struct level *level) {
    const struct segment *linkedit = segments_find(&image->segments, "__LINKEDIT");
    struct old_slice old = {.image = image};
    struct new_linkedit made;
    struct error error;
    if (linkedit == NULL || linkedit->file_offset + linkedit->file_size != slice.size)
        return;
    old.linkedit_offset = linkedit->file_offset;
    bytes_part(slice, 0, head_size, &old.head);
    bytes_part(slice, linkedit->file_offset, linkedit->file_size, &old.linkedit);
    const struct closed_world world = {0};
    if (linkedit_plan(&old, &(struct losses){.level = level, .world = &world}, &made, &error)) {
        linkedit_write(&made);
        check_result(arena, &old, level, &made);
        new_linkedit_free(&made);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = {0};
    struct image image;
    struct error error;
    size_t head_size;
    if (size < 1 + IMAGE_HEADER_SIZE)
        return 0;
    struct bytes slice = {data + 1, size - 1};
    const struct architecture *architecture =
        architecture_of(bytes_u32(slice, 4), bytes_u32(slice, 8));
    if (architecture != NULL && image_head_size(slice, slice.size, &head_size, &error) &&
        image_parse(&arena, slice, slice.size, architecture, &image, &error))
        shrink(&arena, slice, &image, head_size, level_row(data[0] % 6));
    arena_free(&arena);
    return 0;
}
