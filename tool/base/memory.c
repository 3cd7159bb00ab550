/* MAP_ANONYMOUS and madvise are in no version of POSIX. */
#define _DEFAULT_SOURCE
#include "base/memory.h"

#include "base/error.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The piece is cut from twice its size, to be aligned to it; what is around it goes back. */
void *memory_map(void) {
    const size_t piece = MEMORY_PIECE;
    char *memory = mmap(NULL, 2 * piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    if (memory == MAP_FAILED)
        out_of_memory();
    size_t before = (piece - (uintptr_t)memory % piece) % piece;
    if (before != 0)
        munmap(memory, before);
    munmap(memory + before + piece, piece - before);
#ifdef MADV_HUGEPAGE
    madvise(memory + before, piece, MADV_HUGEPAGE);
#endif
    return memory + before;
}

void memory_unmap(void *memory) {
    munmap(memory, MEMORY_PIECE);
}

void *memory_zeros(size_t count, size_t size) {
    void *memory = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
    if (memory == NULL)
        out_of_memory();
    return memory;
}

void *memory_grow(void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity)
        return items;
    size_t grown = *capacity;
    while (grown <= count)
        grown = grown == 0 ? 64 : grown * 2;
    items = realloc(items, grown * size);
    if (items == NULL)
        out_of_memory();
    *capacity = grown;
    return items;
}

uint64_t memory_of_machine(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages <= 0 || size <= 0 ? UINT64_C(1) << 32 : (uint64_t)pages * (uint64_t)size;
}
