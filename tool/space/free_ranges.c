#include "space/free_ranges.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* The first hole that ends past `address`. */
static size_t first_past(const struct free_ranges *ranges, uint64_t address) {
    size_t low = 0, high = ranges->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->items[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(struct free_ranges *ranges, size_t at, struct span span) {
    if (ranges->count == ranges->capacity) {
        size_t capacity = ranges->capacity == 0 ? 64 : ranges->capacity * 2;
        struct span *items = realloc(ranges->items, capacity * sizeof *items);
        if (items == NULL)
            out_of_memory();
        ranges->items = items;
        ranges->capacity = capacity;
    }
    memmove(&ranges->items[at + 1], &ranges->items[at],
            (ranges->count - at) * sizeof *ranges->items);
    ranges->items[at] = span;
    ranges->count++;
}

static void erase(struct free_ranges *ranges, size_t at, size_t count) {
    size_t after = ranges->count - at - count;
    memmove(&ranges->items[at], &ranges->items[at + count], after * sizeof *ranges->items);
    ranges->count -= count;
}

void free_ranges_reset(struct free_ranges *ranges, struct span all) {
    ranges->count = 0;
    if (all.start < all.end)
        insert(ranges, 0, all);
}

void free_ranges_take(struct free_ranges *ranges, struct span span) {
    if (span.start >= span.end)
        return;
    size_t first = first_past(ranges, span.start);
    if (first == ranges->count || ranges->items[first].start >= span.end)
        return;
    struct span below = {ranges->items[first].start, span.start};
    size_t count = 0;
    uint64_t end = 0;
    while (first + count < ranges->count && ranges->items[first + count].start < span.end)
        end = ranges->items[first + count++].end;
    erase(ranges, first, count);
    if (end > span.end)
        insert(ranges, first, (struct span){span.end, end});
    if (below.start < below.end)
        insert(ranges, first, below);
}

bool free_ranges_cover(const struct free_ranges *ranges, struct span span) {
    size_t at = first_past(ranges, span.start);
    return at < ranges->count && ranges->items[at].start <= span.start &&
           ranges->items[at].end >= span.end;
}

bool free_ranges_first_fit(struct free_ranges *ranges, uint64_t size, uint64_t *address) {
    for (size_t i = 0; i < ranges->count; i++) {
        struct span *hole = &ranges->items[i];
        if (hole->end - hole->start < size)
            continue;
        *address = hole->start;
        hole->start += size;
        if (hole->start == hole->end)
            erase(ranges, i, 1);
        return true;
    }
    return false;
}

void free_ranges_give_back(struct free_ranges *ranges, struct span span) {
    if (span.start >= span.end)
        return;
    size_t at = first_past(ranges, span.start);
    bool joins_below = at > 0 && ranges->items[at - 1].end == span.start;
    bool joins_above = at < ranges->count && ranges->items[at].start == span.end;
    if (joins_below && joins_above) {
        ranges->items[at - 1].end = ranges->items[at].end;
        erase(ranges, at, 1);
    } else if (joins_below) {
        ranges->items[at - 1].end = span.end;
    } else if (joins_above) {
        ranges->items[at].start = span.start;
    } else {
        insert(ranges, at, span);
    }
}

void free_ranges_free(struct free_ranges *ranges) {
    free(ranges->items);
    *ranges = (struct free_ranges){0};
}
