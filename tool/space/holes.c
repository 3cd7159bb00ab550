#include "space/holes.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* The first hole that ends past `address`. */
static size_t first_past(const struct holes *holes, uint64_t address) {
    size_t low = 0, high = holes->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (holes->items[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(struct holes *holes, size_t at, struct span span) {
    if (holes->count == holes->capacity) {
        size_t capacity = holes->capacity == 0 ? 64 : holes->capacity * 2;
        struct span *items = realloc(holes->items, capacity * sizeof *items);
        if (items == NULL)
            out_of_memory();
        holes->items = items;
        holes->capacity = capacity;
    }
    memmove(&holes->items[at + 1], &holes->items[at], (holes->count - at) * sizeof *holes->items);
    holes->items[at] = span;
    holes->count++;
}

static void erase(struct holes *holes, size_t at, size_t count) {
    size_t behind = holes->count - at - count;
    memmove(&holes->items[at], &holes->items[at + count], behind * sizeof *holes->items);
    holes->count -= count;
}

void holes_reset(struct holes *holes, struct span all) {
    holes->count = 0;
    if (all.start < all.end)
        insert(holes, 0, all);
}

void holes_take(struct holes *holes, struct span span) {
    if (span.start >= span.end)
        return;
    size_t first = first_past(holes, span.start);
    if (first == holes->count || holes->items[first].start >= span.end)
        return;
    struct span below = {holes->items[first].start, span.start};
    size_t count = 0;
    uint64_t end = 0;
    while (first + count < holes->count && holes->items[first + count].start < span.end)
        end = holes->items[first + count++].end;
    erase(holes, first, count);
    if (end > span.end)
        insert(holes, first, (struct span){span.end, end});
    if (below.start < below.end)
        insert(holes, first, below);
}

bool holes_cover(const struct holes *holes, struct span span) {
    size_t at = first_past(holes, span.start);
    return at < holes->count && holes->items[at].start <= span.start &&
           holes->items[at].end >= span.end;
}

bool holes_first_fit(struct holes *holes, uint64_t size, uint64_t *address) {
    for (size_t i = 0; i < holes->count; i++) {
        struct span *hole = &holes->items[i];
        if (hole->end - hole->start < size)
            continue;
        *address = hole->start;
        hole->start += size;
        if (hole->start == hole->end)
            erase(holes, i, 1);
        return true;
    }
    return false;
}

void holes_give_back(struct holes *holes, struct span span) {
    if (span.start >= span.end)
        return;
    size_t at = first_past(holes, span.start);
    bool joins_below = at > 0 && holes->items[at - 1].end == span.start;
    bool joins_above = at < holes->count && holes->items[at].start == span.end;
    if (joins_below && joins_above) {
        holes->items[at - 1].end = holes->items[at].end;
        erase(holes, at, 1);
    } else if (joins_below) {
        holes->items[at - 1].end = span.end;
    } else if (joins_above) {
        holes->items[at].start = span.start;
    } else {
        insert(holes, at, span);
    }
}

void holes_free(struct holes *holes) {
    free(holes->items);
    *holes = (struct holes){0};
}
