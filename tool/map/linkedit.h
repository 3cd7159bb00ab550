/* The __LINKEDIT of a map's images, by part. */
#ifndef VAFIT_MAP_LINKEDIT_H
#define VAFIT_MAP_LINKEDIT_H

#include "base/text.h"
#include "map/scene.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one part takes in one image. */
struct part_share {
    size_t image; /* of the map */
    uint64_t bytes;
};

/* One part in all images. */
struct part_sum {
    const char *name; /* "strings" */
    uint64_t bytes;
    struct part_share *shares; /* the largest first, none of 0 bytes */
    size_t count;
};

/* In the arena: those of more than 0 bytes, the largest first. */
struct part_sums {
    struct part_sum *items;
    size_t count;
    size_t capacity;
    uint64_t bytes; /* of all */
};

/* Empty where the parts of an image are not known. */
void part_sums_make(struct arena *arena, const struct address_map *map, struct part_sums *sums);
/* The sums as a picture, an element of a page: parts as rectangles, images as cells in them. `map`
 * is the number of the map, for names in the page. */
void part_sums_write(struct arena *arena, const struct map_scene *scene, size_t map,
                     const struct part_sums *sums, struct text *out);

#endif
