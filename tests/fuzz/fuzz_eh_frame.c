/* Call frame information: what can be read is moved, unless a pointer does not reach any more, and
 * its records are the same then. The first byte says how far. */
#include "fuzz.h"

#include "macho/eh_frame.h"
#include "macho/write/eh_frame.h"

#include <stdlib.h>
#include <string.h>

/* Records follow each other, and pointers are in them. Where the records end. */
static bool read_all(struct bytes section, size_t *end) {
    struct eh_cursor cursor;
    struct eh_record record;
    struct error error;
    size_t at = 0;
    eh_frame_start(section, 0x1000, &cursor);
    while (eh_frame_next(&cursor, &record, &error)) {
        if (record.offset != at || record.size < 8 || record.size > section.size - at)
            abort();
        for (size_t i = 0; i < record.pointer_count; i++) {
            size_t place = record.pointers[i].at, before = i == 0 ? at + 8 : record.pointers[0].at;
            if (place < before || place + record.pointers[i].size > at + record.size)
                abort();
        }
        at += record.size;
    }
    *end = cursor.at;
    if (error.kind == ERROR_NONE && at != *end)
        abort();
    eh_frame_end(&cursor);
    return error.kind == ERROR_NONE;
}

static void expect_same(const struct eh_record *old, const struct eh_record *new, uint64_t shift) {
    if (new->offset != old->offset || new->is_cie != old->is_cie || new->cie != old->cie ||
        new->range != old->range || new->pointer_count != old->pointer_count ||
        new->size < old->size || new->size >= old->size + EH_FRAME_ALIGNMENT)
        abort();
    for (size_t i = 0; i < new->pointer_count; i++)
        if (new->pointers[i].at != old->pointers[i].at ||
            new->pointers[i].kind != old->pointers[i].kind ||
            new->pointers[i].target != old->pointers[i].target + shift)
            abort();
}

static void compare(const struct eh_frame_block *block, struct bytes moved) {
    struct eh_cursor old, new;
    struct eh_record before, after;
    struct error error;
    eh_frame_start(block->section, block->address, &old);
    eh_frame_start(moved, block->new_address, &new);
    while (eh_frame_next(&old, &before, &error)) {
        if (!eh_frame_next(&new, &after, &error))
            abort();
        expect_same(&before, &after, block->target_shift);
    }
    if (eh_frame_next(&new, &after, &error) || error.kind != ERROR_NONE)
        abort();
    eh_frame_end(&old);
    eh_frame_end(&new);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    struct eh_frame_block block = {
        {data + 1, size - 1}, 0x1000, 0x1000 + ((uint64_t)data[0] << 24), data[0] % 3 * 0x4000u};
    struct error error;
    size_t end, moved_size;
    bool readable = read_all(block.section, &end);
    if (eh_frame_moved_size(block.section, &moved_size, &error) != readable)
        abort();
    if (!readable)
        return 0;
    if (moved_size < end || moved_size >= end + EH_FRAME_ALIGNMENT)
        abort();
    uint8_t *moved = malloc(moved_size + 1);
    if (moved == NULL)
        return 0;
    if (eh_frame_move(&block, moved, &error))
        compare(&block, (struct bytes){moved, moved_size});
    free(moved);
    return 0;
}
