/* Drawing: what the parts of a scene are made with, and those parts. */
#ifndef VAFIT_MAP_DRAWING_H
#define VAFIT_MAP_DRAWING_H

#include "map/scene.h"
#include "map/treemap.h"

/* A picture that is being drawn. */
struct canvas {
    struct arena *arena;
    struct map_scene *scene;
    double y; /* where the next part begins */
};

void draw_rectangle(struct canvas *canvas, enum map_look look, struct box box);
/* As that, but behind the images; and with a name that is shown where it is pointed at. */
void draw_behind(struct canvas *canvas, enum map_look look, struct box box);
void draw_named(struct canvas *canvas, enum map_look look, struct box box, const char *name);
void draw_line(struct canvas *canvas, enum map_look look, struct box box);
/* Text in the arena or of static life. */
void draw_text(struct canvas *canvas, enum map_look look, enum map_anchor anchor, double x,
               double y, const char *text);
/* The text broken at spaces into lines of at most `width`, the first at `y`; where the next line
 * would be. */
double draw_wrapped(struct canvas *canvas, enum map_look look, struct box box, const char *text);
/* What is to stay free below the limit; empty for none. */
struct span headroom_of(const struct address_map *map);
/* "main stack, 64.0 MiB at 0x16ae00000" */
const char *name_of_range(struct arena *arena, const struct map_range *range);
/* The look of what the system takes. */
enum map_look look_of_kind(enum map_kind kind);

/* Each draws a part of the picture from canvas->y on, of all panels, and moves that. */
void draw_heads(struct canvas *canvas);
void draw_overview(struct canvas *canvas);
void draw_rows(struct canvas *canvas);
void draw_places(struct canvas *canvas);
void draw_heaviest(struct canvas *canvas);
void draw_legend(struct canvas *canvas);

#endif
