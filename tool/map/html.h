/* HTML: a scene as one page that needs nothing else. */
#ifndef VAFIT_MAP_HTML_H
#define VAFIT_MAP_HTML_H

#include "base/text.h"
#include "map/scene.h"

/* The picture, a search box, the numbers as tables, and a treemap of __LINKEDIT by part. */
void html_write(const struct map_scene *scene, struct text *out);

#endif
