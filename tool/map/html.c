#include "map/html.h"

#include "map/svg.h"

void html_write(const struct map_scene *scene, struct text *out) {
    svg_write_element(scene, out);
}
