#include "base/arena.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

/* A small run takes what it needs from one block of FIRST_BLOCK bytes, a large one from whole
 * pieces of memory after it. Under AddressSanitizer each taking is a block of its own, so that a
 * step past its end is seen. */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { FIRST_BLOCK = 0, USES_PIECES = 0 };
#else
enum { FIRST_BLOCK = 64 * 1024, USES_PIECES = 1 };
#endif

enum { ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *next;
    bool is_piece;   /* of memory_map; otherwise of calloc */
    size_t used;     /* bytes of `memory` handed out */
    size_t capacity; /* bytes of `memory` */
    _Alignas(ALIGNMENT) unsigned char memory[];
};

static struct arena_block *new_block(struct arena *arena, size_t size) {
    const size_t in_piece = MEMORY_PIECE - sizeof(struct arena_block);
    bool is_piece = USES_PIECES && arena->blocks != NULL && size <= in_piece;
    size_t capacity = is_piece ? in_piece : size > FIRST_BLOCK ? size : FIRST_BLOCK;
    struct arena_block *block =
        is_piece ? memory_map() : calloc(1, sizeof(struct arena_block) + capacity);
    if (block == NULL)
        out_of_memory();
    block->is_piece = is_piece;
    block->capacity = capacity;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *arena_take(struct arena *arena, size_t size) {
    if (size > SIZE_MAX / 2)
        out_of_memory();
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct arena_block *block = arena->blocks;
    if (block == NULL || block->capacity - block->used < rounded)
        block = new_block(arena, rounded);
    void *memory = block->memory + block->used;
    block->used += rounded;
    return memory;
}

char *arena_copy(struct arena *arena, const char *text, size_t size) {
    char *copy = arena_take(arena, size + 1);
    memcpy(copy, text, size);
    return copy;
}

char *arena_string(struct arena *arena, const char *text) {
    return arena_copy(arena, text, strlen(text));
}

char *arena_format(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        out_of_memory();
    char *text = arena_take(arena, (size_t)size + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)size + 1, format, arguments);
    va_end(arguments);
    return text;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t element) {
    if (count < *capacity)
        return items;
    size_t grown = *capacity == 0 ? 8 : *capacity * 2;
    void *copy = arena_take(arena, grown * element);
    if (count != 0)
        memcpy(copy, items, count * element);
    *capacity = grown;
    return copy;
}

void arena_free(struct arena *arena) {
    while (arena->blocks != NULL) {
        struct arena_block *next = arena->blocks->next;
        if (arena->blocks->is_piece)
            memory_unmap(arena->blocks);
        else
            free(arena->blocks);
        arena->blocks = next;
    }
}
