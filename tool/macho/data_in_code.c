#include "macho/data_in_code.h"

#include <inttypes.h>

struct data_in_code data_in_code_at(struct bytes bytes, size_t i) {
    size_t at = i * DATA_IN_CODE_SIZE;
    return (struct data_in_code){
        .offset = bytes_u32(bytes, at),
        .length = bytes_u16(bytes, at + 4),
        .kind = bytes_u16(bytes, at + 6),
    };
}

size_t data_in_code_count(struct bytes bytes) {
    size_t count = bytes.size / DATA_IN_CODE_SIZE;
    while (count != 0 && bytes_u64(bytes, (count - 1) * DATA_IN_CODE_SIZE) == 0)
        count--;
    return count;
}

bool data_in_code_valid(struct bytes bytes, struct error *error) {
    static const char field[] = "data in code";
    size_t count = data_in_code_count(bytes);
    uint64_t end = 0;
    error->kind = ERROR_NONE;
    if (bytes.size % DATA_IN_CODE_SIZE != 0)
        return error_malformed(error, field, "%zu bytes are no whole entries of %d", bytes.size,
                               DATA_IN_CODE_SIZE);
    for (size_t i = 0; i < count; i++) {
        struct data_in_code entry = data_in_code_at(bytes, i);
        if (entry.offset < end)
            return error_malformed(error, field,
                                   "entry %zu begins at 0x%" PRIx32
                                   ", before the end of the one before it at 0x%" PRIx64,
                                   i, entry.offset, end);
        end = (uint64_t)entry.offset + entry.length;
    }
    return true;
}
