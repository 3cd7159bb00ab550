/* Memory that lives as long as the run: taken piece by piece, released all at once. */
#ifndef VAFIT_BASE_ARENA_H
#define VAFIT_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/* Zero-initialise it. Not for use by two threads at once. */
struct arena {
    struct arena_block *blocks; /* owned, newest first */
};

/* `size` zeroed bytes, aligned for any type. Never fails: see out_of_memory(). */
void *arena_take(struct arena *arena, size_t size);
/* A copy of `size` bytes with a NUL after them. */
char *arena_copy(struct arena *arena, const char *text, size_t size);
char *arena_string(struct arena *arena, const char *text);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Grows an array of `count` elements to hold one more; doubles, so that old copies stay after in
 * the arena. Use it through vector_push(). */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t element);
void arena_free(struct arena *arena);
/* Lets what lives in `other` live in `arena` from now on; `other` is empty then. */
void arena_join(struct arena *arena, struct arena *other);

/* A vector is any struct with `items`, `count` and `capacity`, kept in an arena. Yields a pointer
 * to the new, uninitialised last element. */
#define vector_push(arena, vector)                                                                 \
    ((vector)->items = arena_grow((arena), (vector)->items, (vector)->count, &(vector)->capacity,  \
                                  sizeof *(vector)->items),                                        \
     &(vector)->items[(vector)->count++])

#endif
