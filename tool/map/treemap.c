#include "map/treemap.h"

#include <stdbool.h>

/* Boxes side by side along the shorter side of what is left of the area. */
struct strip {
    const double *sizes;
    size_t count;
    double sum;   /* of the sizes */
    double side;  /* how long the strip is */
    double scale; /* area of a size of 1 */
};

/* The worst of how much longer than wide its boxes are. */
static double worst_ratio(const struct strip *strip) {
    double worst = 1, depth = strip->sum * strip->scale / strip->side;
    for (size_t i = 0; i < strip->count; i++) {
        double length = strip->sizes[i] * strip->scale / depth;
        double ratio = length > depth ? length / depth : depth / length;
        worst = ratio > worst ? ratio : worst;
    }
    return worst;
}

/* As many boxes as make the strip no worse. */
static struct strip find_strip(const double *sizes, size_t count, double side, double scale) {
    struct strip strip = {sizes, 1, sizes[0], side, scale};
    while (strip.count < count) {
        struct strip longer = strip;
        longer.sum += sizes[longer.count++];
        if (worst_ratio(&longer) > worst_ratio(&strip))
            break;
        strip = longer;
    }
    return strip;
}

/* Places the strip's boxes and takes it off the area. */
static void place_strip(const struct strip *strip, struct box *area, struct box *boxes) {
    bool is_column = area->width >= area->height;
    double length = strip->side, depth = strip->sum * strip->scale / length, at = 0;
    for (size_t i = 0; i < strip->count; i++) {
        double part = length * strip->sizes[i] / strip->sum;
        boxes[i] = is_column ? (struct box){area->x, area->y + at, depth, part}
                             : (struct box){area->x + at, area->y, part, depth};
        at += part;
    }
    if (is_column) {
        area->x += depth;
        area->width -= depth;
    } else {
        area->y += depth;
        area->height -= depth;
    }
}

void treemap_place(const double *sizes, size_t count, struct box area, struct box *boxes) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += sizes[i];
    double scale = area.width * area.height / sum;
    for (size_t i = 0; i < count;) {
        double side = area.width < area.height ? area.width : area.height;
        if (side <= 0) { /* nothing is left of it but what was rounded away */
            boxes[i++] = (struct box){area.x, area.y, 0, 0};
            continue;
        }
        const struct strip strip = find_strip(sizes + i, count - i, side, scale);
        place_strip(&strip, &area, boxes + i);
        i += strip.count;
    }
}
