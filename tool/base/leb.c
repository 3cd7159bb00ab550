#include "base/leb.h"

/* The groups of seven bits up to the last; *bits is how many of them `value` holds. */
static bool read_groups(struct bytes bytes, size_t *at, uint64_t *value, unsigned *bits) {
    size_t next = *at;
    *value = 0;
    for (*bits = 0; *bits < 64 && next < bytes.size; *bits += 7) {
        uint8_t byte = bytes.data[next++];
        *value |= (uint64_t)(byte & 0x7f) << *bits;
        if ((byte & 0x80) == 0) {
            *bits += 7;
            *at = next;
            return true;
        }
    }
    return false;
}

bool leb_unsigned(struct bytes bytes, size_t *at, uint64_t *value) {
    size_t next = *at;
    unsigned bits;
    uint64_t read;
    if (!read_groups(bytes, &next, &read, &bits) || (bits > 64 && bytes.data[next - 1] > 1))
        return false;
    *at = next;
    *value = read;
    return true;
}

bool leb_signed(struct bytes bytes, size_t *at, int64_t *value) {
    size_t next = *at;
    unsigned bits;
    uint64_t read;
    if (!read_groups(bytes, &next, &read, &bits))
        return false;
    uint8_t last = bytes.data[next - 1];
    if (bits > 64 && last != 0 && last != 0x7f)
        return false;
    if (bits < 64 && (last & 0x40) != 0)
        read |= UINT64_MAX << bits;
    *at = next;
    *value = (int64_t)read;
    return true;
}
