#include "buffer.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* Room for `size` more bytes, counted as added. */
static uint8_t *extend(struct buffer *buffer, size_t size) {
    if (buffer->capacity - buffer->size < size) {
        size_t capacity = 2 * buffer->capacity + size + 64;
        uint8_t *data = realloc(buffer->data, capacity);
        if (data == NULL)
            out_of_memory();
        buffer->data = data;
        buffer->capacity = capacity;
    }
    buffer->size += size;
    return buffer->data + buffer->size - size;
}

static void store_little(uint8_t *target, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++)
        target[i] = (uint8_t)(value >> (8 * i));
}

static void store_big(uint8_t *target, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++)
        target[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
}

void buffer_u8(struct buffer *buffer, uint8_t value) {
    *extend(buffer, 1) = value;
}

void buffer_u16(struct buffer *buffer, uint16_t value) {
    store_little(extend(buffer, 2), value, 2);
}

void buffer_u32(struct buffer *buffer, uint32_t value) {
    store_little(extend(buffer, 4), value, 4);
}

void buffer_u64(struct buffer *buffer, uint64_t value) {
    store_little(extend(buffer, 8), value, 8);
}

void buffer_u32_big(struct buffer *buffer, uint32_t value) {
    store_big(extend(buffer, 4), value, 4);
}

void buffer_u64_big(struct buffer *buffer, uint64_t value) {
    store_big(extend(buffer, 8), value, 8);
}

void buffer_uleb128(struct buffer *buffer, uint64_t value) {
    for (; value > 0x7f; value >>= 7)
        buffer_u8(buffer, (uint8_t)(value | 0x80));
    buffer_u8(buffer, (uint8_t)value);
}

void buffer_bytes(struct buffer *buffer, const void *bytes, size_t size) {
    if (size != 0)
        memcpy(extend(buffer, size), bytes, size);
}

void buffer_string(struct buffer *buffer, const char *text) {
    buffer_bytes(buffer, text, strlen(text) + 1);
}

void buffer_field(struct buffer *buffer, const char *text, size_t size) {
    size_t length = strlen(text) < size ? strlen(text) : size;
    uint8_t *target = extend(buffer, size);
    memset(target, 0, size);
    memcpy(target, text, length);
}

void buffer_align(struct buffer *buffer, size_t unit) {
    size_t gap = (unit - buffer->size % unit) % unit;
    if (gap != 0)
        memset(extend(buffer, gap), 0, gap);
}

void buffer_set_u32(struct buffer *buffer, size_t offset, uint32_t value) {
    store_little(buffer->data + offset, value, 4);
}

void buffer_free(struct buffer *buffer) {
    free(buffer->data);
    *buffer = (struct buffer){0};
}

size_t uleb128_size(uint64_t value) {
    size_t size = 1;
    for (; value > 0x7f; value >>= 7)
        size++;
    return size;
}
