#include "map/address_map.h"

#include "base/json.h"
#include "base/path.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[MAP_KIND_COUNT] = {
    [MAP_PAGE_ZERO] = "__PAGEZERO",
    [MAP_SLIDE] = "slide",
    [MAP_LOADER] = "dyld",
    [MAP_STACK] = "main stack",
    [MAP_SHARED_REGION] = "shared region",
    [MAP_RESERVED] = "closed",
};

const char *map_kind_name(enum map_kind kind) {
    return kind_names[kind];
}

/* --- names --- */

enum { LONGEST_NAME = 160 };

static bool begins_character(char byte) {
    return ((unsigned char)byte & 0xc0) != 0x80;
}

static size_t characters_of(const char *text) {
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += begins_character(*text);
    return count;
}

/* Where character `number` begins. */
static const char *character_at(const char *text, size_t number) {
    for (; *text != '\0'; text++)
        if (begins_character(*text) && number-- == 0)
            break;
    return text;
}

/* The end of a name tells more than its middle: "libvery...name.dylib". */
const char *map_shortened(struct arena *arena, const char *text, size_t most) {
    size_t count = characters_of(text);
    if (count <= most)
        return text;
    size_t tail = most / 2, head = most - tail - 1;
    const char *end = character_at(text, head);
    return arena_format(arena, "%.*s\xe2\x80\xa6%s", (int)(end - text), text,
                        character_at(text, count - tail));
}

const char *map_printable(struct arena *arena, const char *text) {
    struct text printable = {0};
    text_add(&printable, "");
    text_add_printable(&printable, text);
    json_t *repaired = json_text(printable.data);
    const char *copy = arena_string(arena, json_string_value(repaired));
    json_decref(repaired);
    text_free(&printable);
    return map_shortened(arena, copy, LONGEST_NAME);
}

const char *map_name(struct arena *arena, const char *path) {
    const char *name = map_printable(arena, path_leaf(path));
    return name[0] == '\0' ? "(no name)" : name;
}

/* --- what both kinds of maps share --- */

void address_map_add_range(struct arena *arena, struct address_map *map, enum map_kind kind,
                           struct span span) {
    if (span.start < span.end)
        *vector_push(arena, &map->ranges) = (struct map_range){kind, span};
}

void address_map_add_layout(struct arena *arena, struct address_map *map,
                            const struct layout *layout) {
    address_map_add_range(arena, map, MAP_SHARED_REGION, layout->shared_region);
    for (size_t i = 0; i < layout->reserved_count; i++)
        address_map_add_range(arena, map, MAP_RESERVED, layout->reserved[i]);
    map->window = layout->window;
}

void address_map_add_note(struct arena *arena, struct address_map *map, enum severity severity,
                          const char *text) {
    enum { LONGEST_NOTE = 300 };
    *vector_push(arena, &map->notes) =
        (struct map_note){severity, map_shortened(arena, text, LONGEST_NOTE)};
}

static int compare_spans(struct span a, struct span b) {
    if (a.start != b.start)
        return a.start < b.start ? -1 : 1;
    return a.end < b.end ? -1 : a.end > b.end;
}

static int lower_range_first(const void *left, const void *right) {
    const struct map_range *a = left, *b = right;
    int order = compare_spans(a->span, b->span);
    return order != 0 ? order : (int)a->kind - (int)b->kind;
}

static int lower_image_first(const void *left, const void *right) {
    const struct map_image *a = left, *b = right;
    int order = compare_spans(a->span, b->span);
    return order != 0 ? order : strcmp(a->name, b->name);
}

struct image_order {
    uint64_t size;
    size_t image;
};

static int heavier_first(const void *left, const void *right) {
    const struct image_order *a = left, *b = right;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return a->image < b->image ? -1 : a->image > b->image;
}

static const size_t *find_heaviest(struct arena *arena, const struct map_images *images) {
    struct image_order *orders = arena_take(arena, (images->count + 1) * sizeof *orders);
    size_t *heaviest = arena_take(arena, (images->count + 1) * sizeof *heaviest);
    for (size_t i = 0; i < images->count; i++) {
        struct span span = images->items[i].span;
        orders[i] = (struct image_order){span.end - span.start, i};
    }
    qsort(orders, images->count, sizeof *orders, heavier_first);
    for (size_t i = 0; i < images->count; i++)
        heaviest[i] = orders[i].image;
    return heaviest;
}

static void measure_images(struct address_map *map) {
    for (size_t i = 0; i < map->images.count; i++) {
        struct map_image *image = &map->images.items[i];
        image->is_beyond = map->has_limit && image->span.end > map->limit;
        map->beyond += image->is_beyond;
        map->image_bytes += image->span.end - image->span.start;
        if (image->span.end > map->top)
            map->top = image->span.end;
    }
}

void address_map_finish(struct arena *arena, struct address_map *map) {
    if (map->ranges.count != 0)
        qsort(map->ranges.items, map->ranges.count, sizeof *map->ranges.items, lower_range_first);
    if (map->images.count != 0)
        qsort(map->images.items, map->images.count, sizeof *map->images.items, lower_image_first);
    measure_images(map);
    map->heaviest = find_heaviest(arena, &map->images);
}
