#include "base/buffer.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* `size` more bytes, whatever is in them. */
static uint8_t *grow(struct buffer *buffer, size_t size) {
    size_t wanted = buffer->size + size;
    if (wanted > buffer->capacity || buffer->data == NULL) {
        size_t capacity = wanted > buffer->capacity * 2 ? wanted : buffer->capacity * 2;
        buffer->data = realloc(buffer->data, capacity + 1);
        if (buffer->data == NULL)
            out_of_memory();
        buffer->capacity = capacity;
    }
    uint8_t *taken = buffer->data + buffer->size;
    buffer->size = wanted;
    return taken;
}

uint8_t *buffer_take(struct buffer *buffer, size_t size) {
    uint8_t *taken = grow(buffer, size);
    memset(taken, 0, size);
    return taken;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t size) {
    uint8_t *target = grow(buffer, size);
    if (size != 0)
        memcpy(target, bytes, size);
}

void buffer_little(struct buffer *buffer, size_t count, uint64_t value) {
    bytes_store_little(grow(buffer, count), count, value);
}

void buffer_leb(struct buffer *buffer, uint64_t value) {
    for (; value > 0x7f; value >>= 7)
        buffer_little(buffer, 1, (value & 0x7f) | 0x80);
    buffer_little(buffer, 1, value);
}

void buffer_align(struct buffer *buffer, size_t unit) {
    buffer_take(buffer, (size_t)round_up(buffer->size, unit) - buffer->size);
}

struct bytes buffer_bytes(const struct buffer *buffer) {
    return (struct bytes){buffer->data, buffer->size};
}

void buffer_free(struct buffer *buffer) {
    free(buffer->data);
    *buffer = (struct buffer){0};
}
