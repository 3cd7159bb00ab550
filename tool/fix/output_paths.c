#include "fix/output_paths.h"

#include "base/file.h"
#include "base/map.h"
#include "base/path.h"
#include "base/route.h"

#include <string.h>

struct output_paths output_paths_in_place(struct arena *arena,
                                          const struct predictions *predictions) {
    size_t count = predictions->plan.file_count;
    struct output_paths placed = {.targets =
                                      arena_take(arena, (count + 1) * sizeof *placed.targets)};
    for (size_t i = 0; i < count; i++)
        placed.targets[i] = predictions->files[i].file->path;
    return placed;
}

static const char *tidy(struct arena *arena, const char *path) {
    return path_tidy(arena, file_absolute(arena, path));
}

/* --- what a copy would not be loaded for --- */

/* The different absolute LC_RPATHs of a program. */
static struct string_list absolute_rpaths(struct arena *arena, const struct program *program) {
    struct string_list found = {0};
    struct map known = {0};
    for (size_t i = 0; i < program->images.count; i++) {
        const struct rpaths *rpaths = &program->images.items[i].image->rpaths;
        for (size_t j = 0; j < rpaths->count; j++) {
            const char *rpath = rpaths->items[j];
            if (rpath[0] != '/' || map_get(&known, rpath) != NULL)
                continue;
            map_put(&known, arena, rpath, (void *)rpath);
            *vector_push(arena, &found) = rpath;
        }
    }
    map_free(&known);
    return found;
}

static bool leads_to(struct arena *arena, const struct string_list *rpaths, const char *name,
                     const struct image_file *file) {
    const char *path = tidy(arena, file->path);
    for (size_t i = 0; i < rpaths->count; i++)
        if (strcmp(path_tidy(arena, path_join(arena, rpaths->items[i], name)), path) == 0)
            return true;
    return false;
}

static bool is_absolute(struct arena *arena, const struct string_list *rpaths,
                        const struct program *program, const struct load_edge *edge) {
    static const char rpath[] = "@rpath/";
    const char *name = edge->use == NULL ? "" : edge->use->name;
    if (name[0] == '/')
        return true;
    return rpaths->count != 0 && strncmp(name, rpath, sizeof rpath - 1) == 0 &&
           leads_to(arena, rpaths, name + sizeof rpath - 1,
                    program->images.items[edge->target].file);
}

/* Files of the problem by path. */
static void bind_absolute(struct arena *arena, struct predictions *predictions,
                          const struct map *by_path, const struct program *program) {
    struct string_list rpaths = absolute_rpaths(arena, program);
    for (size_t i = 0; i < program->images.count; i++) {
        const struct load_edges *loads = &program->images.items[i].loads;
        for (size_t j = 0; j < loads->count; j++) {
            const struct image_file *file = program->images.items[loads->items[j].target].file;
            struct predicted_file *item = map_get(by_path, file->path);
            if (item->is_bound || !is_absolute(arena, &rpaths, program, &loads->items[j]))
                continue;
            item->is_bound = true;
            predictions->planned[item - predictions->files].may_change = false;
        }
    }
}

static void bind_all(struct arena *arena, struct predictions *predictions,
                     struct program *const *programs, size_t program_count) {
    struct map by_path = {0};
    for (size_t i = 0; i < predictions->plan.file_count; i++)
        map_put(&by_path, arena, predictions->files[i].file->path, &predictions->files[i]);
    for (size_t i = 0; i < program_count; i++)
        bind_absolute(arena, predictions, &by_path, programs[i]);
    map_free(&by_path);
}

/* --- where the others go --- */

/* The deepest folder that holds `path` and whatever `folder` holds; NULL is no folder yet. */
static const char *common_folder(struct arena *arena, const char *folder, const char *path) {
    const char *own = path_folder(arena, path);
    if (folder == NULL)
        return own;
    while (strcmp(folder, own) != 0 && !path_is_in(own, folder) && strcmp(folder, "/") != 0)
        folder = path_folder(arena, folder);
    return folder;
}

/* Of their real paths. */
static const char *folder_of_all(struct arena *arena, const struct predictions *predictions) {
    const char *folder = NULL;
    for (size_t i = 0; i < predictions->plan.file_count; i++) {
        const struct predicted_file *item = &predictions->files[i];
        struct string_list names = predicted_file_names(arena, item->file);
        for (size_t j = 0; !item->is_bound && j < names.count; j++)
            folder = common_folder(arena, folder, file_real(arena, names.items[j]));
    }
    return folder;
}

/* The copy of everything below one folder in another. */
struct folder_copy {
    struct arena *arena;
    const char *from; /* a real path */
    const char *to;
    struct output_paths placed;
    struct map links;   /* those of `placed`, by path */
    struct map folders; /* likewise */
    struct map routes;  /* paths that were followed */
};

/* What stands for a real path in the copy; NULL for what lies outside. */
static char *copy_of(const struct folder_copy *copy, const char *real) {
    size_t size = strcmp(copy->from, "/") == 0 ? 0 : strlen(copy->from);
    bool inside = size == 0 || strcmp(real, copy->from) == 0 || path_is_in(real, copy->from);
    return inside ? path_join(copy->arena, copy->to, real + size) : NULL;
}

static void add_link(struct folder_copy *copy, const char *path, const char *target) {
    if (path == NULL || target == NULL || map_get(&copy->links, path) != NULL)
        return;
    map_put(&copy->links, copy->arena, path, (void *)(uintptr_t)target);
    *vector_push(copy->arena, &copy->placed.links) = (struct output_link){
        path, path_relative(copy->arena, path_folder(copy->arena, path), target)};
}

static void add_folder(struct folder_copy *copy, const char *path) {
    if (path == NULL || map_get(&copy->folders, path) != NULL)
        return;
    map_put(&copy->folders, copy->arena, path, (void *)(uintptr_t)path);
    *vector_push(copy->arena, &copy->placed.folders) = path;
}

/* What `path` leads through. */
static void add_route(struct folder_copy *copy, const char *path) {
    struct route route = {0};
    if (map_get(&copy->routes, path) != NULL)
        return;
    map_put(&copy->routes, copy->arena, path, copy);
    route_add(copy->arena, path, copy->from, &route);
    for (size_t i = 0; i < route.links.count; i++)
        add_link(copy, copy_of(copy, route.links.items[i]),
                 copy_of(copy, file_real(copy->arena, route.links.items[i])));
    for (size_t i = 0; i < route.folders.count; i++)
        add_folder(copy, copy_of(copy, route.folders.items[i]));
}

static const char *from_root(struct arena *arena, const char *path) {
    return path[0] == '/' ? path : path_join(arena, file_real(arena, "."), path);
}

/* The file itself, its other hard links as links, and the ways to it. */
static const char *place_file(struct folder_copy *copy, const struct image_file *file) {
    struct string_list names = predicted_file_names(copy->arena, file);
    const char *target = copy_of(copy, file_real(copy->arena, names.items[0]));
    for (size_t i = 1; i < names.count; i++)
        add_link(copy, copy_of(copy, file_real(copy->arena, names.items[i])), target);
    add_route(copy, from_root(copy->arena, file->path));
    for (size_t i = 0; i < file->names.count; i++)
        add_route(copy, from_root(copy->arena, file->names.items[i]));
    return target;
}

/* LC_RPATHs and names may lead through folders that hold no file of the program. */
static void add_name(struct folder_copy *copy, const struct program *program,
                     const struct loaded_image *loaded, const char *name) {
    static const char loader[] = "@loader_path", executable[] = "@executable_path";
    bool of_loader = strncmp(name, loader, sizeof loader - 1) == 0;
    bool of_executable = strncmp(name, executable, sizeof executable - 1) == 0;
    if (!of_loader && !of_executable)
        return;
    const struct image_file *file = of_loader ? loaded->file : program->images.items[0].file;
    const char *folder = path_folder(copy->arena, file_real(copy->arena, file->path));
    name += of_loader ? sizeof loader - 1 : sizeof executable - 1;
    add_route(copy, path_join(copy->arena, folder, name));
}

static void add_names(struct folder_copy *copy, const struct program *program) {
    for (size_t i = 0; i < program->images.count; i++) {
        const struct loaded_image *loaded = &program->images.items[i];
        for (size_t j = 0; j < loaded->image->rpaths.count; j++)
            add_name(copy, program, loaded, loaded->image->rpaths.items[j]);
        for (size_t j = 0; j < loaded->image->dylibs.count; j++)
            add_name(copy, program, loaded, loaded->image->dylibs.items[j].name);
    }
}

struct output_paths output_paths_in_folder(struct arena *arena, struct predictions *predictions,
                                           struct program *const *programs, size_t program_count,
                                           const char *folder) {
    struct folder_copy copy = {.arena = arena, .to = folder};
    size_t count = predictions->plan.file_count;
    bind_all(arena, predictions, programs, program_count);
    copy.from = folder_of_all(arena, predictions);
    copy.placed.targets = arena_take(arena, (count + 1) * sizeof *copy.placed.targets);
    for (size_t i = 0; i < count; i++)
        if (!predictions->files[i].is_bound)
            copy.placed.targets[i] = place_file(&copy, predictions->files[i].file);
    for (size_t i = 0; i < program_count && copy.from != NULL; i++)
        add_names(&copy, programs[i]);
    map_free(&copy.links);
    map_free(&copy.folders);
    map_free(&copy.routes);
    return copy.placed;
}
