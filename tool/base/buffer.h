/* Bytes under construction: a run of bytes that grows, with little-endian numbers. */
#ifndef VAFIT_BASE_BUFFER_H
#define VAFIT_BASE_BUFFER_H

#include "base/bytes.h"

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise it. */
struct buffer {
    uint8_t *data; /* owned */
    size_t size;   /* bytes */
    size_t capacity;
};

/* `size` zeroed bytes at the end, valid until the next call. */
uint8_t *buffer_take(struct buffer *buffer, size_t size);
void buffer_add(struct buffer *buffer, const void *bytes, size_t size);
/* The low `count` bytes of `value`. */
void buffer_little(struct buffer *buffer, size_t count, uint64_t value);
/* As unsigned LEB128. */
void buffer_leb(struct buffer *buffer, uint64_t value);
/* Zeros up to a multiple of `unit`, a power of two. */
void buffer_align(struct buffer *buffer, size_t unit);
struct bytes buffer_bytes(const struct buffer *buffer);
void buffer_free(struct buffer *buffer);

#endif
