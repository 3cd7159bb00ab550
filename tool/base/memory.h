/* Memory from the system: large pieces, and zeroed arrays. */
#ifndef VAFIT_BASE_MEMORY_H
#define VAFIT_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* MEMORY_PIECE bytes of zeros in one large page where the system has such, so that filling them
 * costs one page fault and not 512. Release with memory_unmap. Never fails: see out_of_memory(). */
enum { MEMORY_PIECE = 2 << 20 };
void *memory_map(void);
void memory_unmap(void *memory);

/* `count` zeroed elements of `size` bytes, from malloc's heap: free() releases them. Touched only
 * where they are used when they are many. Never fails, not even for none: see out_of_memory(). */
void *memory_zeros(size_t count, size_t size);

/* `items`, an array of `*capacity` elements of `size` bytes from malloc's heap, or a larger one
 * with what it held, when `count` is not below *capacity: there is room for one more then. Doubles.
 */
void *memory_grow(void *items, size_t count, size_t *capacity, size_t size);

/* Bytes of memory that the machine has. */
uint64_t memory_of_machine(void);

#endif
