/* Free address space: what the kernel keeps as a list of holes. */
#ifndef VAFIT_SPACE_HOLES_H
#define VAFIT_SPACE_HOLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A half-open range of addresses. */
struct span {
    uint64_t start;
    uint64_t end;
};

/* Zero-initialise it. */
struct holes {
    struct span *items; /* owned; by rising address, no two touching, none empty */
    size_t count;
    size_t capacity;
};

/* Makes [start, end) free and everything else taken; keeps the memory of an earlier use. */
void holes_reset(struct holes *holes, struct span all);
/* Takes `span`, of which parts may be taken already. */
void holes_take(struct holes *holes, struct span span);
/* Whether all of `span` is free. */
bool holes_cover(const struct holes *holes, struct span span);
/* Takes `size` bytes where they first fit, at the lowest address (xnu's vm_map.c, as docs/model.md
 * tells). `size` is more than 0. False, and nothing is taken, when no hole is large enough. */
bool holes_first_fit(struct holes *holes, uint64_t size, uint64_t *address);
/* Frees `span`, all of which is taken. */
void holes_give_back(struct holes *holes, struct span span);
void holes_free(struct holes *holes);

#endif
