/* Bytes under construction: a growing array with the number formats of Mach-O. */
#ifndef MAKE_MACHO_BUFFER_H
#define MAKE_MACHO_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise it. Never fails: see out_of_memory(). */
struct buffer {
    uint8_t *data; /* owned; released by buffer_free */
    size_t size;
    size_t capacity;
};

/* Each adds at the end; numbers are little-endian but for those of _big. */
void buffer_u8(struct buffer *buffer, uint8_t value);
void buffer_u16(struct buffer *buffer, uint16_t value);
void buffer_u32(struct buffer *buffer, uint32_t value);
void buffer_u64(struct buffer *buffer, uint64_t value);
void buffer_u32_big(struct buffer *buffer, uint32_t value);
void buffer_u64_big(struct buffer *buffer, uint64_t value);
/* Seven bits a byte, the lowest first. */
void buffer_uleb128(struct buffer *buffer, uint64_t value);
void buffer_bytes(struct buffer *buffer, const void *bytes, size_t size);
/* `text` with its NUL. */
void buffer_string(struct buffer *buffer, const char *text);
/* `text` in exactly `size` bytes: cut, or filled with NULs. */
void buffer_field(struct buffer *buffer, const char *text, size_t size);
/* Zeros until the size is a multiple of `unit`, a power of two. */
void buffer_align(struct buffer *buffer, size_t unit);
/* Overwrites 4 bytes added before. */
void buffer_set_u32(struct buffer *buffer, size_t offset, uint32_t value);
void buffer_free(struct buffer *buffer);

/* The bytes that buffer_uleb128 adds for `value`. */
size_t uleb128_size(uint64_t value);

#endif
