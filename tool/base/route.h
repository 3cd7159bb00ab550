/* A route: the folders and the symbolic links that a path leads through. */
#ifndef VAFIT_BASE_ROUTE_H
#define VAFIT_BASE_ROUTE_H

#include "base/arena.h"
#include "base/options.h"

/* Zero-initialise it. Paths are from the root on, without symbolic links but for the last part of a
 * link itself; each comes as often as it is met. In the arena given to route_add. */
struct route {
    struct string_list folders;
    struct string_list links;
};

/* Adds what the system passes when it looks up `path`, which begins at the root, as far as that is
 * there: the folders and symbolic links below `root`, a real path. */
void route_add(struct arena *arena, const char *path, const char *root, struct route *route);

#endif
