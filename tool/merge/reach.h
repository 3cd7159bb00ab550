/* What each of several things leads to, directly or not, while some become one. */
#ifndef VAFIT_MERGE_REACH_H
#define VAFIT_MERGE_REACH_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lives in the arena: count * count bits. */
struct reach {
    uint64_t *bits; /* `count` rows of `words` words: bit j of row i is set where i leads to j */
    size_t count;
    size_t words;
    size_t *stands_for; /* itself, or the one that it has become one with */
};

void reach_make(struct arena *arena, size_t count, struct reach *reach);
bool reach_has(const struct reach *reach, size_t from, size_t to);
/* `from` leads to `to`, and wherever that leads. */
void reach_add(struct reach *reach, size_t from, size_t to);
/* The two become one, that of `into`, which stands for itself. Neither may lead to the other but
 * directly. */
void reach_join(struct reach *reach, size_t item, size_t into);

#endif
