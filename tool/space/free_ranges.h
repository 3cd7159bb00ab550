/* Free address space: what the kernel keeps as a list of holes. */
#ifndef VAFIT_SPACE_FREE_RANGES_H
#define VAFIT_SPACE_FREE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A half-open range of addresses. */
struct span {
    uint64_t start;
    uint64_t end;
};

/* Zero-initialise it. */
struct free_ranges {
    struct span *items; /* owned; by rising address, no two touching, none empty */
    int32_t *pages; /* owned; whole pages of 4 KiB of each, or INT32_MAX for more than that: most
                       holes are too small, and in a short array that is seen many at a time */
    size_t count;
    size_t capacity;
};

/* Makes [start, end) free and everything else taken; keeps the memory of an earlier use. */
void free_ranges_reset(struct free_ranges *ranges, struct span all);
/* Takes `span`, of which parts may be taken already. */
void free_ranges_take(struct free_ranges *ranges, struct span span);
/* Whether all of `span` is free. */
bool free_ranges_cover(const struct free_ranges *ranges, struct span span);
/* Takes `size` bytes where they first fit, at the lowest address (xnu's vm_map.c, as docs/model.md
 * tells). `size` is more than 0. False, and nothing is taken, when no hole is large enough. */
bool free_ranges_first_fit(struct free_ranges *ranges, uint64_t size, uint64_t *address);
/* Likewise while other `beside` bytes are taken where they first fit, if anywhere, which are free
 * again afterwards. */
bool free_ranges_first_fit_beside(struct free_ranges *ranges, uint64_t beside, uint64_t size,
                                  uint64_t *address);
/* Frees `span`, all of which is taken. */
void free_ranges_give_back(struct free_ranges *ranges, struct span span);
void free_ranges_free(struct free_ranges *ranges);

#endif
