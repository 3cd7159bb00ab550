/* Scene: a picture of one or two address maps as shapes with places, before it is written as
 * anything. Lengths are pixels, from the upper left corner. */
#ifndef VAFIT_MAP_SCENE_H
#define VAFIT_MAP_SCENE_H

#include "map/address_map.h"
#include "map/axis.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a shape looks: a row of `looks` in svg.c. */
enum map_look {
    /* what lies in the address space */
    LOOK_PAGE_ZERO,
    LOOK_LOADER,
    LOOK_STACK,
    LOOK_SHARED_REGION,
    LOOK_RESERVED,
    LOOK_FREE,
    LOOK_HEADROOM, /* free, and to stay so */
    LOOK_EXECUTABLE,
    LOOK_EXECUTABLE_LINKEDIT,
    LOOK_DYLIB,
    LOOK_DYLIB_LINKEDIT,
    LOOK_BEYOND, /* of a dylib, what lies past the limit */
    LOOK_PLACE,  /* where malloc's window may begin */
    LOOK_PLACE_BLOCKED,
    /* lines */
    LOOK_BREAK,
    LOOK_LIMIT,
    LOOK_TICK,
    LOOK_LEADER,
    LOOK_FRAME,
    /* text */
    LOOK_TITLE,
    LOOK_HEADING,
    LOOK_TEXT,
    LOOK_MUTED,
    LOOK_ERROR,
    LOOK_WARNING,
    LOOK_PASS,
    LOOK_LABEL, /* on what lies there */
    LOOK_COUNT
};

enum map_shape_kind { SHAPE_RECTANGLE, SHAPE_LINE, SHAPE_TEXT };
enum map_anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

/* Of a line, `width` and `height` lead to its end; of a text, x and y are its base line at the
 * anchor. */
struct map_shape {
    enum map_shape_kind kind;
    enum map_look look;
    double x, y, width, height;
    enum map_anchor anchor;
    const char *text;
};

struct map_shapes {
    struct map_shape *items;
    size_t count;
    size_t capacity;
};

/* A part of an image. However small, it is at least MAP_LEAST wide, so that it shows. */
#define MAP_LEAST 0.6
struct map_piece {
    size_t map; /* which of the maps, and which of its images */
    size_t image;
    enum map_look look;
    double x, y, width, height;
};

struct map_pieces {
    struct map_piece *items; /* by map, image and address */
    size_t count;
    size_t capacity;
};

/* A stretch of addresses to scale, drawn as one bar. */
struct map_row {
    struct span span;
    double y;     /* of its bar */
    double lanes; /* of labels below it */
    bool has_places;
};

/* A map's share of the picture: from `x` on, `width` wide. */
struct map_panel {
    const struct address_map *map;
    double x;
    double width;
};

enum { MOST_PANELS = 2, MOST_ROWS = 10 };

/* Lives in the arena. */
struct map_scene {
    struct map_list maps;
    bool is_on_page;
    double width;
    double height;
    struct axis axis; /* of the overview; of each panel from its x on */
    struct map_panel panels[MOST_PANELS];
    struct map_row rows[MOST_ROWS];
    size_t row_count;
    uint64_t row_bytes;
    struct map_shapes behind; /* drawn before the pieces */
    struct map_pieces pieces;
    struct map_shapes shapes; /* drawn behind them, all of the text */
};

/* MAP_GUTTER: left of a row's bar. MAP_BAR: the height of a bar in the overview and in a row. */
#define MAP_MARGIN 20.0
#define MAP_GUTTER 76.0
#define MAP_OVERVIEW_BAR 44.0
#define MAP_ROW_BAR 26.0

/* The picture of one map, or of two side by side with the same scales. On a page, which says what
 * it is of, it says no more than tells two apart. */
void scene_make(struct arena *arena, const struct map_list *maps, bool is_on_page,
                struct map_scene *scene);
/* The width that a text takes at most, in the fonts that are asked for. */
double scene_text_width(enum map_look look, const char *text);

#endif
