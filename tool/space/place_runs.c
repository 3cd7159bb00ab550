#include "space/place_runs.h"

#include <stdlib.h>

/* A window begins before the span's end, and ends behind its start. */
void place_runs_add(struct arena *arena, const struct malloc_window *window, struct span span,
                    struct place_runs *runs) {
    if (window->slots == 0 || span.end <= window->start || span.end <= span.start)
        return;
    uint64_t window_end = window->start + window->size;
    struct place_run run = {
        span.start < window_end ? 0 : (span.start - window_end) / window->stride + 1,
        (span.end - window->start - 1) / window->stride + 1,
    };
    if (run.end > window->slots)
        run.end = window->slots;
    if (run.first < run.end)
        *vector_push(arena, runs) = run;
}

static int earlier_first(const void *left, const void *right) {
    const struct place_run *a = left, *b = right;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return a->end < b->end ? -1 : a->end > b->end;
}

void place_runs_join(struct place_runs *runs) {
    size_t joined = 0;
    if (runs->count == 0)
        return;
    qsort(runs->items, runs->count, sizeof *runs->items, earlier_first);
    for (size_t i = 1; i < runs->count; i++) {
        struct place_run *last = &runs->items[joined];
        if (runs->items[i].first > last->end)
            runs->items[++joined] = runs->items[i];
        else if (runs->items[i].end > last->end)
            last->end = runs->items[i].end;
    }
    runs->count = joined + 1;
}

uint64_t place_runs_places(const struct place_runs *runs) {
    uint64_t places = 0;
    for (size_t i = 0; i < runs->count; i++)
        places += runs->items[i].end - runs->items[i].first;
    return places;
}
