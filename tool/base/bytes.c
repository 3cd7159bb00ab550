#include "base/bytes.h"

#include <assert.h>

bool bytes_part(struct bytes whole, uint64_t offset, uint64_t size, struct bytes *part) {
    if (!range_within(offset, size, whole.size))
        return false;
    *part = (struct bytes){whole.data + offset, (size_t)size};
    return true;
}

static uint64_t little(struct bytes bytes, size_t offset, size_t count) {
    assert(range_within(offset, count, bytes.size));
    uint64_t value = 0;
    for (size_t i = count; i-- > 0;)
        value = value << 8 | bytes.data[offset + i];
    return value;
}

static uint64_t big(struct bytes bytes, size_t offset, size_t count) {
    assert(range_within(offset, count, bytes.size));
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes.data[offset + i];
    return value;
}

uint8_t bytes_u8(struct bytes bytes, size_t offset) {
    return (uint8_t)little(bytes, offset, 1);
}

uint16_t bytes_u16(struct bytes bytes, size_t offset) {
    return (uint16_t)little(bytes, offset, 2);
}

uint32_t bytes_u32(struct bytes bytes, size_t offset) {
    return (uint32_t)little(bytes, offset, 4);
}

uint64_t bytes_u64(struct bytes bytes, size_t offset) {
    return little(bytes, offset, 8);
}

uint32_t bytes_u32_big(struct bytes bytes, size_t offset) {
    return (uint32_t)big(bytes, offset, 4);
}

uint64_t bytes_u64_big(struct bytes bytes, size_t offset) {
    return big(bytes, offset, 8);
}
