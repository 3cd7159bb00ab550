/* Dominators: who loads an image, and what would not be loaded without it. */
#ifndef VAFIT_PROGRAM_DOMINATORS_H
#define VAFIT_PROGRAM_DOMINATORS_H

#include "base/arena.h"
#include "program/load_order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Indexes into a program's images. */
struct image_list {
    size_t *items;
    size_t count;
    size_t capacity;
};

/* The shortest chain of loaders from the executable to `image`, both included; of equally short
 * ones the first in loading order. An inserted image begins a chain of its own. In the arena. */
struct image_list dominators_shortest_chain(struct arena *arena, const struct program *program,
                                            size_t image);
/* Who asks for the image itself. In the arena. */
struct loaders dominators_loaders(struct arena *arena, const struct program *program, size_t image);
/* The images that would not be loaded if `image` were not: itself and those it dominates in the
 * graph of loads, in loading order. *bytes is the address space of all of them. In the arena. */
struct image_list dominators_only_through(struct arena *arena, const struct program *program,
                                          size_t image, uint64_t *bytes);

#endif
