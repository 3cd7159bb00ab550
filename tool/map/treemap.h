/* Treemap: sizes as rectangles of that area which together fill one. */
#ifndef VAFIT_MAP_TREEMAP_H
#define VAFIT_MAP_TREEMAP_H

#include <stddef.h>

/* A rectangle. */
struct box {
    double x, y, width, height;
};

/* Fills `area` with a box for each size, the largest first, none of them longer than it must be
 * (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000). Sizes are more than 0. */
void treemap_place(const double *sizes, size_t count, struct box area, struct box *boxes);

#endif
