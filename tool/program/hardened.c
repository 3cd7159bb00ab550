#include "program/hardened.h"

#include "macho/entitlements.h"

#include <stdlib.h>

enum { BLOB_HEAD = 8 /* magic and length */ };

/* Reads the blob at `offset` of the file, of which `room` bytes are the signature's. */
static bool read_blob(const struct file *file, uint64_t offset, uint64_t room, bool *hardened,
                      struct error *error) {
    uint8_t head[BLOB_HEAD];
    if (room < sizeof head)
        return true;
    if (!file_read(file, offset, head, sizeof head, error))
        return false;
    uint64_t size = bytes_u32_big((struct bytes){head, sizeof head}, 4);
    if (size > room || size > ENTITLEMENTS_MOST)
        return true;
    uint8_t *blob = malloc(size + 1);
    if (blob == NULL)
        out_of_memory();
    bool read = file_read(file, offset, blob, size, error);
    if (read)
        *hardened = entitlements_hardened((struct bytes){blob, size});
    free(blob);
    return read;
}

bool slice_read_hardened(const struct file *file, struct image_slice *slice, struct error *error) {
    const struct linkedit_part *part = linkedit_find(&slice->image->parts, LINKEDIT_SIGNATURE);
    uint8_t buffer[ENTITLEMENTS_HEAD];
    uint32_t offset;
    slice->hardened = false;
    if (part == NULL)
        return true;
    uint64_t start = slice->offset + part->file_offset;
    struct bytes head = {buffer, part->size < sizeof buffer ? (size_t)part->size : sizeof buffer};
    if (!file_read(file, start, buffer, head.size, error))
        return false;
    return !entitlements_offset(head, &offset) || offset > part->size ||
           read_blob(file, start + offset, part->size - offset, &slice->hardened, error);
}
