/* Universal headers, load commands and all that image_parse reads. */
#include "fuzz.h"

#include "macho/image.h"
#include "macho/universal.h"

static void parse_slice(struct bytes file, const struct slice *slice) {
    struct arena arena = {0};
    struct image image;
    struct error error;
    struct bytes head;
    if (slice->architecture != NULL && bytes_part(file, slice->offset, slice->size, &head))
        image_parse(&arena, head, slice->size, slice->architecture, &image, &error);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes file = {data, size};
    struct universal universal;
    struct error error;
    if (universal_parse(file, size, &universal, &error))
        for (size_t i = 0; i < universal.slice_count; i++)
            parse_slice(file, &universal.slices[i]);
    return 0;
}
