#include "plan/placing.h"

#include "base/file.h"
#include "base/map.h"
#include "base/path.h"

#include <string.h>

struct placed_file *placing_in_place(struct arena *arena, const struct problem *problem) {
    struct placed_file *placed = arena_take(arena, (problem->plan.file_count + 1) * sizeof *placed);
    for (size_t i = 0; i < problem->plan.file_count; i++)
        placed[i].target = problem->files[i].file->path;
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
static void bind_absolute(struct arena *arena, struct problem *problem, const struct map *by_path,
                          const struct program *program) {
    struct string_list rpaths = absolute_rpaths(arena, program);
    for (size_t i = 0; i < program->images.count; i++) {
        const struct load_edges *loads = &program->images.items[i].loads;
        for (size_t j = 0; j < loads->count; j++) {
            const struct image_file *file = program->images.items[loads->items[j].target].file;
            struct problem_file *item = map_get(by_path, file->path);
            if (item->is_bound || !is_absolute(arena, &rpaths, program, &loads->items[j]))
                continue;
            item->is_bound = true;
            problem->planned[item - problem->files].may_change = false;
        }
    }
}

static void bind_all(struct arena *arena, struct problem *problem, struct program *const *programs,
                     size_t program_count) {
    struct map by_path = {0};
    for (size_t i = 0; i < problem->plan.file_count; i++)
        map_put(&by_path, arena, problem->files[i].file->path, &problem->files[i]);
    for (size_t i = 0; i < program_count; i++)
        bind_absolute(arena, problem, &by_path, programs[i]);
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

static const char *folder_of_all(struct arena *arena, const struct problem *problem) {
    const char *folder = NULL;
    for (size_t i = 0; i < problem->plan.file_count; i++) {
        const struct problem_file *item = &problem->files[i];
        if (item->is_bound)
            continue;
        folder = common_folder(arena, folder, tidy(arena, item->file->path));
        for (size_t j = 0; j < item->file->names.count; j++)
            folder = common_folder(arena, folder, tidy(arena, item->file->names.items[j]));
    }
    return folder;
}

static char *below(struct arena *arena, const char *folder, const char *all, const char *path) {
    size_t size = strcmp(all, "/") == 0 ? 0 : strlen(all);
    return path_join(arena, folder, tidy(arena, path) + size);
}

struct placed_file *placing_in_folder(struct arena *arena, struct problem *problem,
                                      struct program *const *programs, size_t program_count,
                                      const char *folder) {
    struct placed_file *placed = arena_take(arena, (problem->plan.file_count + 1) * sizeof *placed);
    bind_all(arena, problem, programs, program_count);
    const char *all = folder_of_all(arena, problem);
    for (size_t i = 0; i < problem->plan.file_count; i++) {
        const struct problem_file *item = &problem->files[i];
        if (item->is_bound)
            continue;
        placed[i].target = below(arena, folder, all, item->file->path);
        for (size_t j = 0; j < item->file->names.count; j++) {
            char *link = below(arena, folder, all, item->file->names.items[j]);
            if (strcmp(link, placed[i].target) != 0)
                *vector_push(arena, &placed[i].links) = link;
        }
    }
    return placed;
}
