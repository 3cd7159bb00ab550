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

/* Blocks grow: a scratch arena that lives for one look-up has SMALL bytes, the next block GROWTH
 * times that, and what a large run needs comes from whole pieces of memory. Under
 * AddressSanitizer each taking is a block of its own, so that a step past its end is seen. */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { SMALL = 0, LARGE = 0, USES_PIECES = 0 };
#else
enum { SMALL = 2 * 1024, LARGE = 128 * 1024, USES_PIECES = 1 };
#endif

enum { ALIGNMENT = 16, GROWTH = 8 };

struct arena_block {
    struct arena_block *next;
    bool is_piece;   /* of memory_map; otherwise of malloc */
    bool is_zeroed;  /* else what is handed out has to be */
    size_t used;     /* bytes of `memory` handed out */
    size_t capacity; /* bytes of `memory` */
    _Alignas(ALIGNMENT) unsigned char memory[];
};

/* What is larger than the blocks of its time gets one for itself, which the system has zeroed. */
static struct arena_block *allocate(size_t size, size_t usual) {
    bool is_zeroed = size > usual;
    size_t capacity = is_zeroed ? size : usual;
    struct arena_block *block = is_zeroed ? calloc(1, sizeof(struct arena_block) + capacity)
                                          : malloc(sizeof(struct arena_block) + capacity);
    if (block == NULL)
        out_of_memory();
    *block = (struct arena_block){.is_zeroed = is_zeroed, .capacity = capacity};
    return block;
}

static struct arena_block *map_piece(void) {
    struct arena_block *block = memory_map();
    if (block == NULL)
        out_of_memory();
    block->is_piece = block->is_zeroed = true;
    block->capacity = MEMORY_PIECE - sizeof(struct arena_block);
    return block;
}

/* The bytes of the block after the newest one; more than LARGE for a piece. */
static size_t next_size(const struct arena *arena) {
    return arena->blocks == NULL ? SMALL : arena->blocks->capacity * GROWTH;
}

static struct arena_block *new_block(struct arena *arena, size_t size) {
    size_t usual = next_size(arena);
    bool is_piece =
        USES_PIECES && usual > LARGE && size <= MEMORY_PIECE - sizeof(struct arena_block);
    struct arena_block *block =
        is_piece ? map_piece() : allocate(size, usual > LARGE ? LARGE : usual);
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
    if (!block->is_zeroed)
        memset(memory, 0, rounded);
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

/* The newest block of `arena`, which has room, stays in front. */
void arena_join(struct arena *arena, struct arena *other) {
    struct arena_block **end = arena->blocks == NULL ? &arena->blocks : &arena->blocks->next;
    struct arena_block *rest = *end;
    *end = other->blocks;
    while (*end != NULL)
        end = &(*end)->next;
    *end = rest;
    other->blocks = NULL;
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
