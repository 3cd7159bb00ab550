/* Place runs: which places of a malloc window are blocked, as runs of neighbours. */
#ifndef VAFIT_SPACE_PLACE_RUNS_H
#define VAFIT_SPACE_PLACE_RUNS_H

#include "base/arena.h"
#include "space/free_ranges.h"
#include "space/profile.h"

#include <stddef.h>
#include <stdint.h>

/* Places first to end - 1. */
struct place_run {
    uint64_t first;
    uint64_t end;
};

/* In the arena. */
struct place_runs {
    struct place_run *items;
    size_t count;
    size_t capacity;
};

/* Adds the places that what lies at `span` is in the way of: they are one run. */
void place_runs_add(struct arena *arena, const struct malloc_window *window, struct span span,
                    struct place_runs *runs);
/* Sorts them and joins those that touch, so that each place is in one run at most. */
void place_runs_join(struct place_runs *runs);
/* How many places are in them, which were joined. */
uint64_t place_runs_places(const struct place_runs *runs);

#endif
