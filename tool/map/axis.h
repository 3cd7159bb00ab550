/* Axis: addresses to scale along a line, with breaks where it would be long and empty. */
#ifndef VAFIT_MAP_AXIS_H
#define VAFIT_MAP_AXIS_H

#include "map/address_map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part of the axis. All that are not broken have one scale. */
struct axis_band {
    struct span span;
    bool is_broken; /* it is drawn shorter than it is */
    double start;   /* on the line, pixels from its beginning */
    double width;
};

struct axis_bands {
    struct axis_band *items; /* without gaps, from address 0 */
    size_t count;
    size_t capacity;
};

/* Lives in the arena. */
struct axis {
    struct axis_bands bands;
    double width;
};

/* The maps that are drawn below each other on one axis, so that they compare. Nothing is owned. */
struct map_list {
    const struct address_map *items;
    size_t count;
};

/* An axis of `width` pixels that has all images, the limit and the window of all the maps. */
void axis_make(struct arena *arena, const struct map_list *maps, double width, struct axis *axis);
/* Where an address is on the line; the line's ends for what is past them. */
double axis_position(const struct axis *axis, uint64_t address);
/* Where the axis ends. */
uint64_t axis_end(const struct axis *axis);
/* Pixels of a GiB where nothing is broken. */
double axis_scale(const struct axis *axis);

#endif
