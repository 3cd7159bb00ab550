/* SVG: a scene written as a picture that stands alone, or as part of a page. */
#ifndef VAFIT_MAP_SVG_H
#define VAFIT_MAP_SVG_H

#include "base/text.h"
#include "map/scene.h"

/* A file of its own: light and dark by what the reader prefers, each image with a title. */
void svg_write(const struct map_scene *scene, struct text *out);
/* The same as an element of a page, in which each image can have the focus: of the role option, in
 * a listbox for each map. The page has svg_style. */
void svg_write_element(const struct map_scene *scene, struct text *out);
/* How the shapes look, as CSS; what it says of colours alone for dark, to stand in a rule of its
 * own. */
extern const char *const svg_style[], *const svg_style_dark[];
/* Adds the lines of a style. */
void svg_add_lines(const char *const *lines, struct text *out);
/* "libfoo.dylib, 119.6 MiB at 0x300000000" of an image. */
void svg_add_image_name(const struct map_image *image, struct text *out);

#endif
