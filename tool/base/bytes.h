/* Bounded bytes: a view of memory that never reads past its end, and the one helper through which
 * every offset and size taken from a file must pass. */
#ifndef VAFIT_BASE_BYTES_H
#define VAFIT_BASE_BYTES_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A view: owns nothing. */
struct bytes {
    const uint8_t *data;
    size_t size; /* bytes */
};

/* Whether [offset, offset + size) lies inside [0, limit), with no overflow on the way. */
static inline bool range_within(uint64_t offset, uint64_t size, uint64_t limit) {
    return size <= limit && offset <= limit - size;
}

/* Whether offset + size fits in 64 bits; *end is then their sum. */
static inline bool range_end(uint64_t offset, uint64_t size, uint64_t *end) {
    return !__builtin_add_overflow(offset, size, end);
}

/* value rounded up to a multiple of `unit`, a power of two. Saturates at the last multiple. */
static inline uint64_t round_up(uint64_t value, uint64_t unit) {
    uint64_t sum;
    if (__builtin_add_overflow(value, unit - 1, &sum))
        sum = UINT64_MAX;
    return sum & ~(unit - 1);
}

/* The part [offset, offset + size) of `whole`; false and untouched when it does not lie inside. */
bool bytes_part(struct bytes whole, uint64_t offset, uint64_t size, struct bytes *part);

/* After the last NUL at or after `start`: a string that begins before it ends inside. `start`
 * when there is none. */
size_t bytes_strings_end(struct bytes bytes, size_t start);

/* Numbers at a byte offset; the caller has checked that they lie inside, and they assert it.
 * Inline, since they are most of what reading a file is. */
static inline uint64_t bytes_little(struct bytes bytes, size_t offset, size_t count) {
    assert(range_within(offset, count, bytes.size));
    uint64_t value = 0;
    for (size_t i = count; i-- > 0;)
        value = value << 8 | bytes.data[offset + i];
    return value;
}

static inline uint64_t bytes_big(struct bytes bytes, size_t offset, size_t count) {
    assert(range_within(offset, count, bytes.size));
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes.data[offset + i];
    return value;
}

static inline uint8_t bytes_u8(struct bytes bytes, size_t offset) {
    assert(range_within(offset, 1, bytes.size));
    return bytes.data[offset];
}

/* Little-endian, as Mach-O itself. Written out, since compilers make one load of that and not of a
 * loop. */
static inline uint16_t bytes_u16(struct bytes bytes, size_t offset) {
    assert(range_within(offset, 2, bytes.size));
    const uint8_t *data = bytes.data + offset;
    return (uint16_t)(data[0] | data[1] << 8);
}

static inline uint32_t bytes_u32(struct bytes bytes, size_t offset) {
    assert(range_within(offset, 4, bytes.size));
    const uint8_t *data = bytes.data + offset;
    return (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 |
           (uint32_t)data[3] << 24;
}

static inline uint64_t bytes_u64(struct bytes bytes, size_t offset) {
    assert(range_within(offset, 8, bytes.size));
    const uint8_t *data = bytes.data + offset;
    return (uint64_t)data[0] | (uint64_t)data[1] << 8 | (uint64_t)data[2] << 16 |
           (uint64_t)data[3] << 24 | (uint64_t)data[4] << 32 | (uint64_t)data[5] << 40 |
           (uint64_t)data[6] << 48 | (uint64_t)data[7] << 56;
}

/* Big-endian, as universal headers and code signatures. */
static inline uint32_t bytes_u32_big(struct bytes bytes, size_t offset) {
    return (uint32_t)bytes_big(bytes, offset, 4);
}

static inline uint64_t bytes_u64_big(struct bytes bytes, size_t offset) {
    return bytes_big(bytes, offset, 8);
}

/* The other way: the low `count` bytes of `value` written to `target`. */
static inline void bytes_store_little(uint8_t *target, size_t count, uint64_t value) {
    for (size_t i = 0; i < count; i++)
        target[i] = (uint8_t)(value >> 8 * i);
}

static inline void bytes_store_big(uint8_t *target, size_t count, uint64_t value) {
    for (size_t i = 0; i < count; i++)
        target[i] = (uint8_t)(value >> 8 * (count - 1 - i));
}

#endif
