#include "map/drawing.h"

#include "base/text.h"

#include <string.h>

/* --- text --- */

static double size_of(enum map_look look) {
    switch (look) {
    case LOOK_TITLE:
        return 18;
    case LOOK_HEADING:
    case LOOK_TEXT:
    case LOOK_ERROR:
    case LOOK_WARNING:
    case LOOK_PASS:
        return 13;
    default:
        return 12;
    }
}

/* Latin letters of DejaVu Sans, the widest of the fonts, take 0.6 of its size; bold ones 0.66. What
 * is behind the Cyrillic letters may be as wide as high. */
static double width_of(unsigned char byte) {
    if ((byte & 0xc0) == 0x80)
        return 0;
    return byte >= 0xe0 ? 1 : byte >= 'A' && byte <= 'Z' ? 0.68 : 0.6;
}

double scene_text_width(enum map_look look, const char *text) {
    double width = 0;
    for (; *text != '\0'; text++)
        width += width_of((unsigned char)*text);
    return width * size_of(look) * (look <= LOOK_HEADING && look >= LOOK_TITLE ? 1.1 : 1);
}

/* --- shapes --- */

static void draw(struct canvas *canvas, struct map_shapes *shapes, struct map_shape shape) {
    *vector_push(canvas->arena, shapes) = shape;
}

void draw_rectangle(struct canvas *canvas, enum map_look look, struct box box) {
    draw(canvas, &canvas->scene->shapes,
         (struct map_shape){SHAPE_RECTANGLE, look, box.x, box.y, box.width, box.height,
                            ANCHOR_START, NULL});
}

void draw_named(struct canvas *canvas, enum map_look look, struct box box, const char *name) {
    draw(canvas, &canvas->scene->behind,
         (struct map_shape){SHAPE_RECTANGLE, look, box.x, box.y, box.width, box.height,
                            ANCHOR_START, name});
}

void draw_behind(struct canvas *canvas, enum map_look look, struct box box) {
    draw_named(canvas, look, box, NULL);
}

void draw_line(struct canvas *canvas, enum map_look look, struct box box) {
    draw(canvas, &canvas->scene->shapes,
         (struct map_shape){SHAPE_LINE, look, box.x, box.y, box.width, box.height, ANCHOR_START,
                            NULL});
}

void draw_text(struct canvas *canvas, enum map_look look, enum map_anchor anchor, double x,
               double y, const char *text) {
    draw(canvas, &canvas->scene->shapes,
         (struct map_shape){SHAPE_TEXT, look, x, y, 0, 0, anchor, text});
}

static const double text_line = 18;

/* Columns of which each is as wide as most letters at most. */
static size_t columns_of(enum map_look look, double width) {
    return (size_t)(width / (0.6 * size_of(look)));
}

double draw_wrapped(struct canvas *canvas, enum map_look look, struct box box, const char *text) {
    size_t columns = columns_of(look, box.width);
    struct text lines = {0};
    text_add_wrapped(&lines, text, columns, 0);
    for (const char *at = lines.data; *at != '\0'; box.y += text_line) {
        size_t size = strcspn(at, "\n");
        draw_text(canvas, look, ANCHOR_START, box.x, box.y,
                  map_shortened(canvas->arena, arena_copy(canvas->arena, at, size), columns));
        at += size + (at[size] != '\0');
    }
    text_free(&lines);
    return box.y;
}

enum map_look look_of_kind(enum map_kind kind) {
    static const enum map_look looks[MAP_KIND_COUNT] = {
        [MAP_PAGE_ZERO] = LOOK_PAGE_ZERO,
        [MAP_SLIDE] = LOOK_PAGE_ZERO,
        [MAP_LOADER] = LOOK_LOADER,
        [MAP_STACK] = LOOK_STACK,
        [MAP_SHARED_REGION] = LOOK_SHARED_REGION,
        [MAP_RESERVED] = LOOK_RESERVED,
    };
    return looks[kind];
}

/* --- the whole --- */

/* alone: the width of a panel that is alone; of two, each has one_of_two. */
static const double alone = 960, one_of_two = 640, between = 40;

static void place_panels(struct map_scene *scene) {
    double width = scene->maps.count == 1 ? alone : one_of_two;
    for (size_t i = 0; i < scene->maps.count; i++)
        scene->panels[i] = (struct map_panel){&scene->maps.items[i],
                                              MAP_MARGIN + (double)i * (width + between), width};
    scene->width = scene->panels[scene->maps.count - 1].x + width + MAP_MARGIN;
}

void scene_make(struct arena *arena, const struct map_list *maps, bool is_on_page,
                struct map_scene *scene) {
    struct canvas canvas = {arena, scene, MAP_MARGIN};
    *scene = (struct map_scene){.maps = *maps, .is_on_page = is_on_page};
    place_panels(scene);
    axis_make(arena, maps, scene->panels[0].width, &scene->axis);
    draw_heads(&canvas);
    draw_overview(&canvas);
    draw_rows(&canvas);
    draw_places(&canvas);
    draw_heaviest(&canvas);
    draw_legend(&canvas);
    scene->height = canvas.y + MAP_MARGIN;
}
