#include "cursor.h"

#include "fail.h"

#include <string.h>

static size_t take(struct cursor *cursor, size_t size) {
    size_t at = cursor->at;
    if (!range_within(at, size, cursor->bytes.size))
        fail(cursor->image, cursor->part, "ends too early, after %zu bytes", cursor->bytes.size);
    cursor->at += size;
    return at;
}

bool cursor_at_end(const struct cursor *cursor) {
    return cursor->at >= cursor->bytes.size;
}

void cursor_move(struct cursor *cursor, uint64_t at) {
    if (at > cursor->bytes.size)
        fail(cursor->image, cursor->part, "has an offset past its end");
    cursor->at = (size_t)at;
}

uint8_t cursor_u8(struct cursor *cursor) {
    return bytes_u8(cursor->bytes, take(cursor, 1));
}

uint16_t cursor_u16(struct cursor *cursor) {
    return bytes_u16(cursor->bytes, take(cursor, 2));
}

uint32_t cursor_u32(struct cursor *cursor) {
    return bytes_u32(cursor->bytes, take(cursor, 4));
}

uint64_t cursor_u64(struct cursor *cursor) {
    return bytes_u64(cursor->bytes, take(cursor, 8));
}

/* The bits of a LEB128 number; *width is how many were given, *last its last byte. */
static uint64_t leb_bits(struct cursor *cursor, unsigned *width, uint8_t *last) {
    uint64_t value = 0;
    *width = 0;
    do {
        *last = cursor_u8(cursor);
        if (*width > 63)
            fail(cursor->image, cursor->part, "has a number of more than 64 bits");
        value |= (uint64_t)(*last & 0x7f) << *width;
        *width += 7;
    } while ((*last & 0x80) != 0);
    return value;
}

uint64_t cursor_uleb(struct cursor *cursor) {
    unsigned width;
    uint8_t last;
    return leb_bits(cursor, &width, &last);
}

int64_t cursor_sleb(struct cursor *cursor) {
    unsigned width;
    uint8_t last;
    uint64_t value = leb_bits(cursor, &width, &last);
    if ((last & 0x40) != 0 && width < 64)
        value |= UINT64_MAX << width;
    return (int64_t)value;
}

const char *cursor_string(struct cursor *cursor) {
    const uint8_t *start = cursor->bytes.data + cursor->at;
    const uint8_t *end = memchr(start, '\0', cursor->bytes.size - cursor->at);
    if (end == NULL)
        fail(cursor->image, cursor->part, "has a string without an end");
    cursor->at += (size_t)(end - start) + 1;
    return (const char *)start;
}
