#include "space/free_ranges.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

enum { SOME = 16 }; /* holes that are looked at together */

static int32_t pages_of(uint64_t size) {
    uint64_t pages = size >> 12;
    return pages > INT32_MAX ? INT32_MAX : (int32_t)pages;
}

/* Sets a hole that has a place. */
static void set(struct free_ranges *ranges, size_t at, uint64_t start, uint64_t end) {
    ranges->items[at] = (struct span){start, end};
    ranges->pages[at] = pages_of(end - start);
}

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

static void grow(struct free_ranges *ranges) {
    size_t capacity = ranges->capacity == 0 ? 64 : ranges->capacity * 2;
    struct span *items = realloc(ranges->items, capacity * sizeof *items);
    int32_t *pages = realloc(ranges->pages, capacity * sizeof *pages);
    if (items == NULL || pages == NULL)
        out_of_memory();
    ranges->items = items;
    ranges->pages = pages;
    ranges->capacity = capacity;
}

/* Moves the holes from `from` on to `to`. */
static void move(struct free_ranges *ranges, size_t to, size_t from) {
    size_t count = ranges->count - from;
    memmove(&ranges->items[to], &ranges->items[from], count * sizeof *ranges->items);
    memmove(&ranges->pages[to], &ranges->pages[from], count * sizeof *ranges->pages);
    ranges->count += to - from;
}

static void insert(struct free_ranges *ranges, size_t at, struct span span) {
    if (ranges->count == ranges->capacity)
        grow(ranges);
    move(ranges, at + 1, at);
    set(ranges, at, span.start, span.end);
}

static void erase(struct free_ranges *ranges, size_t at, size_t count) {
    move(ranges, at, at + count);
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

/* Whether none of SOME holes has so many pages. Without a branch, so that compilers compare several
 * at once. */
static bool all_smaller(const int32_t *pages, int32_t wanted) {
    int32_t reaching = 0;
    for (size_t i = 0; i < SOME; i++)
        reaching |= pages[i] >= wanted;
    return reaching == 0;
}

/* The first hole of `size` bytes from hole `at` on; their count for none. */
static size_t first_of_size(const struct free_ranges *ranges, size_t at, uint64_t size) {
    int32_t wanted = pages_of(size);
    while (at < ranges->count) {
        if (at + SOME <= ranges->count && all_smaller(&ranges->pages[at], wanted)) {
            at += SOME;
            continue;
        }
        size_t end = at + SOME < ranges->count ? at + SOME : ranges->count;
        for (; at < end; at++)
            if (ranges->items[at].end - ranges->items[at].start >= size)
                return at;
    }
    return at;
}

/* Takes `size` bytes of a hole, `skipped` bytes past its start. */
static uint64_t take_from(struct free_ranges *ranges, size_t at, uint64_t skipped, uint64_t size) {
    struct span hole = ranges->items[at], above = {hole.start + skipped + size, hole.end};
    if (skipped != 0)
        set(ranges, at, hole.start, hole.start + skipped);
    if (above.start == above.end && skipped == 0)
        erase(ranges, at, 1);
    else if (above.start != above.end && skipped == 0)
        set(ranges, at, above.start, above.end);
    else if (above.start != above.end)
        insert(ranges, at + 1, above);
    return hole.start + skipped;
}

bool free_ranges_first_fit(struct free_ranges *ranges, uint64_t size, uint64_t *address) {
    size_t at = first_of_size(ranges, 0, size);
    if (at == ranges->count)
        return false;
    *address = take_from(ranges, at, 0, size);
    return true;
}

/* No hole below the one that takes `beside` bytes has room for as many or more. */
bool free_ranges_first_fit_beside(struct free_ranges *ranges, uint64_t beside, uint64_t size,
                                  uint64_t *address) {
    size_t other = first_of_size(ranges, 0, beside);
    size_t at = size < beside ? first_of_size(ranges, 0, size) : other;
    bool is_shared = at == other && at < ranges->count;
    if (is_shared && ranges->items[at].end - ranges->items[at].start - beside < size) {
        at = first_of_size(ranges, at + 1, size);
        is_shared = false;
    }
    if (at == ranges->count)
        return false;
    *address = take_from(ranges, at, is_shared ? beside : 0, size);
    return true;
}

void free_ranges_give_back(struct free_ranges *ranges, struct span span) {
    if (span.start >= span.end)
        return;
    size_t at = first_past(ranges, span.start);
    bool joins_below = at > 0 && ranges->items[at - 1].end == span.start;
    bool joins_above = at < ranges->count && ranges->items[at].start == span.end;
    if (joins_below && joins_above) {
        set(ranges, at - 1, ranges->items[at - 1].start, ranges->items[at].end);
        erase(ranges, at, 1);
    } else if (joins_below) {
        set(ranges, at - 1, ranges->items[at - 1].start, span.end);
    } else if (joins_above) {
        set(ranges, at, span.start, ranges->items[at].end);
    } else {
        insert(ranges, at, span);
    }
}

void free_ranges_free(struct free_ranges *ranges) {
    free(ranges->items);
    free(ranges->pages);
    *ranges = (struct free_ranges){0};
}
