#include "base/route.h"

#include "base/file.h"
#include "base/path.h"

#include <string.h>

enum { MOST_LINKS = 32 };

/* How far it is. */
struct route_walk {
    struct arena *arena;
    const char *root;
    struct route *route;
    const char *at;   /* the real folder that was reached */
    const char *rest; /* what is still to go from there */
    unsigned links;   /* followed so far */
};

static const char *next_part(struct route_walk *walk) {
    walk->rest += strspn(walk->rest, "/");
    size_t size = strcspn(walk->rest, "/");
    const char *part = arena_copy(walk->arena, walk->rest, size);
    walk->rest += size;
    return part;
}

static void note(struct route_walk *walk, struct string_list *list, const char *path) {
    if (path_is_in(path, walk->root))
        *vector_push(walk->arena, list) = path;
}

/* The target of a link in place of its name. */
static bool follow(struct route_walk *walk, const char *link) {
    const char *target = path_link_target(walk->arena, link);
    note(walk, &walk->route->links, link);
    if (target == NULL || ++walk->links > MOST_LINKS)
        return false;
    walk->rest = arena_format(walk->arena, "%s/%s", target, walk->rest);
    walk->at = "/";
    return true;
}

/* False where the way ends. */
static bool step(struct route_walk *walk, const char *part) {
    const char *path = path_join(walk->arena, walk->at, part);
    if (strcmp(part, "") == 0 || strcmp(part, ".") == 0)
        return true;
    if (strcmp(part, "..") == 0) {
        walk->at = path_folder(walk->arena, walk->at);
        return true;
    }
    switch (path_look(path)) {
    case PATH_LINK:
        return follow(walk, path);
    case PATH_OTHER:
        note(walk, &walk->route->folders, path);
        walk->at = path;
        return true;
    default:
        return false;
    }
}

void route_add(struct arena *arena, const char *path, const char *root, struct route *route) {
    struct route_walk walk = {arena, root, route, "/", path, 0};
    bool goes_on = true;
    while (goes_on && *walk.rest != '\0')
        goes_on = step(&walk, next_part(&walk));
}
