#include "map/axis.h"

#include "base/size.h"

#include <stdlib.h>

/* Pixels of a broken band, and of one at the end, where marks need room. More than MOST_BREAKS
 * leave no room for the rest. */
static const double break_pixels = 104, last_break_pixels = 130;
enum { MOST_BREAKS = 4 };

/* What the system closes is broken when longer than this; what is free, when much longer. */
#define LONGEST_CLOSED GIB
#define LONGEST_FREE (8 * GIB)

/* What lies in a stretch, the most telling last: a stretch that two maps differ in is the later. */
enum stretch_content { CONTENT_CLOSED, CONTENT_FREE, CONTENT_USED };

struct edges {
    uint64_t *items;
    size_t count;
    size_t capacity;
};

struct stretch {
    struct span span;
    enum stretch_content content;
};

struct stretches {
    struct stretch *items;
    size_t count;
    size_t capacity;
};

/* --- where something begins or ends --- */

static void add_edges(struct arena *arena, struct edges *edges, struct span span) {
    *vector_push(arena, edges) = span.start;
    *vector_push(arena, edges) = span.end;
}

static uint64_t window_end(const struct address_map *map) {
    const struct malloc_window *window = &map->window;
    return window->slots == 0 ? 0
                              : window->start + (window->slots - 1) * window->stride + window->size;
}

static uint64_t above(uint64_t address, uint64_t bytes) {
    return address > UINT64_MAX - bytes ? UINT64_MAX : address + bytes;
}

/* The axis goes on a little behind the last thing on it. */
static uint64_t find_end(const struct map_list *maps) {
    uint64_t end = 0;
    for (size_t i = 0; i < maps->count; i++) {
        const struct address_map *map = &maps->items[i];
        const uint64_t ends[] = {above(map->top, GIB / 4), window_end(map),
                                 map->has_limit ? above(map->limit, GIB / 2) : 0};
        for (size_t j = 0; j < sizeof ends / sizeof ends[0]; j++)
            end = ends[j] > end ? ends[j] : end;
        for (size_t j = 0; j < map->ranges.count; j++)
            if (map->ranges.items[j].kind != MAP_RESERVED && map->ranges.items[j].span.end > end)
                end = map->ranges.items[j].span.end;
    }
    return end == 0 ? GIB : end;
}

static int lower_first(const void *left, const void *right) {
    const uint64_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

/* Images without room between them count as one. */
static void add_images(struct arena *arena, const struct address_map *map, struct edges *edges) {
    struct span run = {0};
    for (size_t i = 0; i < map->images.count; i++) {
        struct span span = map->images.items[i].span;
        if (i != 0 && span.start <= above(run.end, 64 * MIB)) {
            run.end = span.end > run.end ? span.end : run.end;
            continue;
        }
        if (i != 0)
            add_edges(arena, edges, run);
        run = span;
    }
    if (map->images.count != 0)
        add_edges(arena, edges, run);
}

static void find_edges(struct arena *arena, const struct map_list *maps, uint64_t end,
                       struct edges *edges) {
    add_edges(arena, edges, (struct span){0, end});
    for (size_t i = 0; i < maps->count; i++) {
        const struct address_map *map = &maps->items[i];
        add_images(arena, map, edges);
        for (size_t j = 0; j < map->ranges.count; j++)
            add_edges(arena, edges, map->ranges.items[j].span);
        if (map->has_limit)
            *vector_push(arena, edges) = map->limit;
    }
    qsort(edges->items, edges->count, sizeof *edges->items, lower_first);
}

/* --- what lies between them --- */

static bool contains(struct span outer, struct span inner) {
    return outer.start <= inner.start && inner.end <= outer.end;
}

/* The first image that ends past `address`: they are sorted by where they begin, and do not
 * overlap but in reports that lie. */
static bool has_image(const struct address_map *map, struct span span) {
    size_t low = 0, high = map->images.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (map->images.items[middle].span.end > span.start)
            high = middle;
        else
            low = middle + 1;
    }
    return low < map->images.count && map->images.items[low].span.start < span.end;
}

static enum stretch_content content_of(const struct address_map *map, struct span span) {
    if (has_image(map, span))
        return CONTENT_USED;
    for (size_t i = 0; i < map->ranges.count; i++) {
        const struct map_range *range = &map->ranges.items[i];
        if (contains(range->span, span))
            return range->kind == MAP_STACK || range->kind == MAP_LOADER ? CONTENT_USED
                                                                         : CONTENT_CLOSED;
    }
    return CONTENT_FREE;
}

/* What is free below a limit is not the same as what is free above it. */
static bool is_limit(const struct map_list *maps, uint64_t address) {
    for (size_t i = 0; i < maps->count; i++)
        if (maps->items[i].has_limit && maps->items[i].limit == address)
            return true;
    return false;
}

static void add_stretch(struct arena *arena, const struct map_list *maps, struct span span,
                        enum stretch_content content, struct stretches *stretches) {
    struct stretch *last = stretches->count == 0 ? NULL : &stretches->items[stretches->count - 1];
    if (last != NULL && last->content == content && !is_limit(maps, span.start))
        last->span.end = span.end;
    else
        *vector_push(arena, stretches) = (struct stretch){span, content};
}

static void find_stretches(struct arena *arena, const struct map_list *maps,
                           struct stretches *stretches) {
    struct edges edges = {0};
    uint64_t end = find_end(maps);
    find_edges(arena, maps, end, &edges);
    for (size_t i = 0; i + 1 < edges.count; i++) {
        struct span span = {edges.items[i], edges.items[i + 1]};
        enum stretch_content content = CONTENT_CLOSED;
        if (span.start == span.end || span.end > end)
            continue;
        for (size_t j = 0; j < maps->count; j++) {
            enum stretch_content here = content_of(&maps->items[j], span);
            content = here > content ? here : content;
        }
        add_stretch(arena, maps, span, content, stretches);
    }
}

/* --- bands --- */

static bool is_long(const struct stretch *stretch, uint64_t longest) {
    uint64_t size = stretch->span.end - stretch->span.start;
    return size > (stretch->content == CONTENT_CLOSED ? LONGEST_CLOSED : longest);
}

/* Hostile reports have images anywhere. */
static uint64_t find_longest(const struct stretches *stretches) {
    uint64_t longest = LONGEST_FREE;
    for (;;) {
        size_t breaks = 0;
        for (size_t i = 0; i < stretches->count; i++)
            breaks += is_long(&stretches->items[i], longest);
        if (breaks <= MOST_BREAKS || longest > UINT64_MAX / 2)
            return longest;
        longest *= 2;
    }
}

static void add_band(struct arena *arena, struct axis_bands *bands, struct span span,
                     bool is_broken) {
    struct axis_band *last = bands->count == 0 ? NULL : &bands->items[bands->count - 1];
    if (span.start == span.end)
        return;
    if (last != NULL && !last->is_broken && !is_broken)
        last->span.end = span.end;
    else
        *vector_push(arena, bands) = (struct axis_band){.span = span, .is_broken = is_broken};
}

/* Some of what is free is drawn beside a break where it meets something, so that it shows as free.
 */
static void add_stretch_bands(struct arena *arena, const struct stretch *stretch, uint64_t longest,
                              bool is_last, struct axis_bands *bands) {
    struct span span = stretch->span;
    if (!is_long(stretch, longest)) {
        add_band(arena, bands, span, false);
        return;
    }
    uint64_t shown = stretch->content == CONTENT_FREE ? GIB / 2 : 0;
    uint64_t end = span.end - (is_last ? 0 : shown);
    add_band(arena, bands, (struct span){span.start, span.start + shown}, false);
    add_band(arena, bands, (struct span){span.start + shown, end}, true);
    add_band(arena, bands, (struct span){end, span.end}, false);
}

static double break_width(const struct axis *axis, size_t i) {
    return i + 1 == axis->bands.count ? last_break_pixels : break_pixels;
}

static void place_bands(struct axis *axis) {
    double bytes = 0, room = axis->width, at = 0;
    for (size_t i = 0; i < axis->bands.count; i++) {
        const struct axis_band *band = &axis->bands.items[i];
        if (band->is_broken)
            room -= break_width(axis, i);
        else
            bytes += (double)(band->span.end - band->span.start);
    }
    for (size_t i = 0; i < axis->bands.count; i++) {
        struct axis_band *band = &axis->bands.items[i];
        band->start = at;
        band->width = band->is_broken ? break_width(axis, i)
                                      : room * (double)(band->span.end - band->span.start) / bytes;
        at += band->width;
    }
    axis->width = at;
}

void axis_make(struct arena *arena, const struct map_list *maps, double width, struct axis *axis) {
    struct stretches stretches = {0};
    *axis = (struct axis){.width = width};
    find_stretches(arena, maps, &stretches);
    uint64_t longest = find_longest(&stretches);
    for (size_t i = 0; i < stretches.count; i++)
        add_stretch_bands(arena, &stretches.items[i], longest, i + 1 == stretches.count,
                          &axis->bands);
    place_bands(axis);
}

double axis_position(const struct axis *axis, uint64_t address) {
    for (size_t i = 0; i < axis->bands.count; i++) {
        const struct axis_band *band = &axis->bands.items[i];
        if (address < band->span.end)
            return band->start + band->width * (double)(address - band->span.start) /
                                     (double)(band->span.end - band->span.start);
    }
    return axis->width;
}

uint64_t axis_end(const struct axis *axis) {
    return axis->bands.items[axis->bands.count - 1].span.end;
}

double axis_scale(const struct axis *axis) {
    for (size_t i = 0; i < axis->bands.count; i++) {
        const struct axis_band *band = &axis->bands.items[i];
        if (!band->is_broken)
            return band->width * (double)GIB / (double)(band->span.end - band->span.start);
    }
    return 0;
}
