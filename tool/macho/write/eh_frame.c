#include "macho/write/eh_frame.h"

#include "macho/eh_frame.h"
#include "macho/unwind_info.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How many bytes a section's records take before they are rounded up: they follow each other from
 * its start. */
static size_t rounded(size_t records) {
    return (size_t)round_up(records, EH_FRAME_ALIGNMENT);
}

bool eh_frame_moved_size(struct bytes section, size_t *size, struct error *error) {
    struct eh_cursor cursor;
    struct eh_record record;
    eh_frame_start(section, 0, &cursor);
    while (eh_frame_next(&cursor, &record, error))
        continue;
    *size = rounded(cursor.at);
    eh_frame_end(&cursor);
    return error->kind == ERROR_NONE;
}

/* Whether a distance fits; one of 0 to an LSDA would say that there is none. */
static bool fits(const struct eh_pointer *pointer, uint64_t distance) {
    if (distance == 0 && pointer->kind == EH_LSDA)
        return false;
    if (pointer->size == 8)
        return true;
    return pointer->is_signed ? (int64_t)distance >= INT32_MIN && (int64_t)distance <= INT32_MAX
                              : distance <= UINT32_MAX;
}

static bool move_pointer(const struct eh_frame_block *block, const struct eh_record *record,
                         const struct eh_pointer *pointer, uint8_t *target, struct error *error) {
    uint64_t place = block->new_address + pointer->at;
    uint64_t address = pointer->target + block->target_shift;
    char field[sizeof error->field];
    if (fits(pointer, address - place)) {
        bytes_store_little(target + pointer->at, pointer->size, address - place);
        return true;
    }
    snprintf(field, sizeof field, "eh_frame record at 0x%zx", record->offset);
    return error_malformed(error, field,
                           "at its new place 0x%" PRIx64
                           " the %d bytes of a pointer do not reach 0x%" PRIx64,
                           place, pointer->size, address);
}

/* Makes the last record `more` bytes longer; DW_CFA_nop, an instruction that does nothing, is 0. */
static void lengthen(uint8_t *record, size_t size, size_t more) {
    uint32_t length = bytes_u32((struct bytes){record, size}, 0);
    memset(record + size, 0, more);
    if (length == UINT32_MAX)
        bytes_store_little(record + 4, 8, size - 12 + more);
    else
        bytes_store_little(record, 4, size - 4 + more);
}

bool eh_frame_move(const struct eh_frame_block *block, uint8_t *target, struct error *error) {
    struct eh_cursor cursor;
    struct eh_record record;
    size_t last = 0, end = 0;
    bool good = true;
    eh_frame_start(block->section, block->address, &cursor);
    while (good && eh_frame_next(&cursor, &record, error)) {
        last = record.offset;
        end = last + record.size;
        memcpy(target + last, block->section.data + last, record.size);
        for (size_t i = 0; i < record.pointer_count && good; i++)
            good = move_pointer(block, &record, &record.pointers[i], target, error);
    }
    eh_frame_end(&cursor);
    if (end != 0 && error->kind == ERROR_NONE)
        lengthen(target + last, end - last, rounded(end) - end);
    return error->kind == ERROR_NONE;
}

bool eh_frame_move_encoding(uint32_t encoding, uint64_t start, uint32_t *moved,
                            struct error *error) {
    uint64_t offset;
    error->kind = ERROR_NONE;
    if (!range_end(unwind_fde_offset(encoding), start, &offset) ||
        offset > UNWIND_DWARF_SECTION_OFFSET)
        return error_malformed(error, "unwind info encodings",
                               "a record 0x%" PRIx64
                               " bytes into __eh_frame is past the 24 bits of its encoding",
                               offset);
    *moved = unwind_with_fde_offset(encoding, (uint32_t)offset);
    return true;
}
