#include "fix/consolidated.h"

#include "base/file_digest.h"
#include "base/path.h"
#include "fix/shrunk_client.h"
#include "merge/compare_merge.h"
#include "merge/consolidation.h"
#include "merge/parts_file.h"
#include "program/program_find.h"
#include "rewrite/original.h"

#include <string.h>

/* A merged image that is there. */
struct found_merge {
    const char *path;
    struct replaced_files replaced;
    struct error error; /* why its list of parts cannot be read */
};

/* A file that was replaced, and where its original is. */
struct kept_file {
    const char *path;
    const char *real; /* its one spelling */
    const char *original;
    bool is_as_written; /* it is still what vafit put in its place */
};

struct consolidated {
    struct arena *arena;
    const char *path;
    const char *old;           /* of the old program; NULL where originals are kept */
    struct image_cache *cache; /* of what is there */
    struct walked_programs {
        struct program **items; /* as they are now */
        size_t count;
        size_t capacity;
    } walked;
    struct found_merges {
        struct found_merge *items;
        size_t count;
        size_t capacity;
    } found;
    struct kept_files {
        struct kept_file *items;
        size_t count;
        size_t capacity;
    } kept;
    const struct losses *losses; /* since images may have been shrunk too */
    struct errors *errors;
};

/* --- what is there --- */

/* Without an original there is nothing to compare with. */
static bool has_original(struct consolidated *set, const struct found_merge *found) {
    const char *folder = path_folder(set->arena, found->path);
    for (size_t i = 0; i < found->replaced.count; i++) {
        const char *path = path_join(set->arena, folder, found->replaced.items[i].path);
        if (path_look(original_path(set->arena, NULL, path)) != PATH_ABSENT)
            return true;
    }
    return false;
}

/* A list of another image's, or of something else, says nothing; one that was cut off has to be
 * told. */
static bool has_list(struct consolidated *set, const struct image *image,
                     struct found_merge *found) {
    const char *path = parts_file_path(set->arena, found->path);
    if (image == NULL || !image->has_uuid || path_look(path) != PATH_FILE)
        return false;
    if (parts_file_read(set->arena, path, image->uuid, &found->replaced, &found->error)) {
        found->error.kind = ERROR_NONE;
        return set->old != NULL || has_original(set, found);
    }
    return strcmp(found->error.field, "uuid") != 0 && strcmp(found->error.field, "schema") != 0;
}

static void add_found(struct consolidated *set, const char *path, const struct image *image) {
    struct found_merge found = {.path = path};
    for (size_t i = 0; i < set->found.count; i++)
        if (strcmp(set->found.items[i].path, path) == 0)
            return;
    if (has_list(set, image, &found))
        *vector_push(set->arena, &set->found) = found;
}

/* The thin image at a path; NULL when it is none. What is wrong with it is for others to say. */
static struct image_file *thin_image(struct image_cache *cache, const char *path) {
    struct image_file *file;
    if (image_cache_find(cache, path, &file) != LOOKUP_FOUND || !file->thin ||
        image_cache_image(cache, file, &file->slices[0]) == NULL)
        return NULL;
    return file;
}

/* Walks an executable; NULL when it is none. */
static struct program *walk(struct arena *arena, struct image_cache *cache, const char *path) {
    const struct search search = {0};
    struct image_file *file = thin_image(cache, path);
    if (file == NULL || file->slices[0].image->type != MH_EXECUTE)
        return NULL;
    struct program *program = arena_take(arena, sizeof *program);
    struct walker *walker = walker_make(cache);
    program_walk(walker, &search, file->path, file, &file->slices[0], program);
    walker_free(walker);
    return program;
}

static void find_in_program(struct consolidated *set, const char *path) {
    struct program *program = walk(set->arena, set->cache, path);
    if (program == NULL)
        return;
    *vector_push(set->arena, &set->walked) = program;
    for (size_t i = 0; i < program->images.count; i++)
        add_found(set, program->images.items[i].file->path, program->images.items[i].image);
}

/* A merged image says which programs load it, and what else was made with it. */
static void find_merges(struct consolidated *set) {
    set->cache = image_cache_on_disk();
    struct image_file *file = thin_image(set->cache, set->path);
    if (file == NULL)
        return;
    find_in_program(set, set->path);
    if (set->old != NULL || set->found.count != 0)
        return;
    add_found(set, set->path, file->slices[0].image);
    for (size_t i = 0; set->found.count != 0 && i < set->found.items[0].replaced.count; i++)
        find_in_program(set, path_join(set->arena, path_folder(set->arena, set->path),
                                       set->found.items[0].replaced.items[i].path));
}

static void release(struct consolidated *set) {
    image_cache_free(set->cache);
}

/* The original that is kept loads the stubs: what it loaded once is beside them. */
static const char *old_of(struct arena *arena, const char *path, const char *old) {
    const char *kept = original_path(arena, NULL, path);
    return old != NULL && strcmp(file_real(arena, old), file_real(arena, kept)) == 0 ? NULL : old;
}

/* --- what was there --- */

static bool is_known(const struct consolidated *set, const char *path) {
    const char *real = file_real(set->arena, path);
    for (size_t i = 0; i < set->kept.count; i++)
        if (strcmp(set->kept.items[i].real, real) == 0)
            return true;
    return false;
}

static bool lists_are_read(const struct consolidated *set, struct error *error) {
    for (size_t i = 0; i < set->found.count; i++)
        if (set->found.items[i].error.kind != ERROR_NONE) {
            *error = set->found.items[i].error;
            return false;
        }
    return true;
}

/* Tidied where that leads to the same file, as it does around no symbolic link. */
static const char *tidy(struct arena *arena, const char *path) {
    const char *shorter = path_tidy(arena, path);
    return strcmp(file_absolute(arena, shorter), file_absolute(arena, path)) == 0 ? shorter : path;
}

static bool add_kept(struct consolidated *set, const char *path,
                     const struct replaced_file *replaced, struct error *error) {
    uint8_t is[SHA256_SIZE], was[SHA256_SIZE];
    const char *original = original_path(set->arena, NULL, path);
    if (is_known(set, path))
        return true;
    if (!file_digest_at(path, is, error) || !file_digest_at(original, was, error))
        return false;
    if (memcmp(was, replaced->original, SHA256_SIZE) != 0)
        return error_malformed(error, "", "is not the original that was put aside") ||
               error_in_file(error, original);
    *vector_push(set->arena, &set->kept) =
        (struct kept_file){path, file_real(set->arena, path), original,
                           memcmp(is, replaced->replacement, SHA256_SIZE) == 0};
    return true;
}

static bool find_kept(struct consolidated *set, struct error *error) {
    for (size_t i = 0; i < set->found.count; i++) {
        const struct found_merge *found = &set->found.items[i];
        const char *folder = path_folder(set->arena, found->path);
        for (size_t j = 0; j < found->replaced.count; j++) {
            const char *path = path_join(set->arena, folder, found->replaced.items[j].path);
            if (!add_kept(set, tidy(set->arena, path), &found->replaced.items[j], error))
                return false;
        }
    }
    return true;
}

/* The old programs and what they load. */
struct old_world {
    struct image_cache *cache;
    struct program **programs;
    size_t count;
    struct consolidation all;
};

static void add_program(struct consolidated *set, struct old_world *world, const char *path) {
    struct program *program = walk(set->arena, world->cache, path);
    if (program != NULL)
        world->programs[world->count++] = program;
}

static void read_old(struct consolidated *set, struct old_world *world) {
    world->cache = image_cache_on_disk();
    world->programs =
        arena_take(set->arena, (set->kept.count + set->walked.count + 1) * sizeof *world->programs);
    for (size_t i = 0; i < set->kept.count; i++)
        image_cache_replace(world->cache, set->kept.items[i].path, set->kept.items[i].original);
    for (size_t i = 0; i < set->kept.count; i++)
        add_program(set, world, set->kept.items[i].original);
    if (set->old != NULL)
        add_program(set, world, set->old);
    for (size_t i = 0; set->old == NULL && i < set->walked.count; i++)
        if (!is_known(set, set->walked.items[i]->path))
            add_program(set, world, set->walked.items[i]->path);
}

/* A glob that matches nothing but the name. */
static const char *glob_of(struct arena *arena, const char *name) {
    char *glob = arena_take(arena, 2 * strlen(name) + 1);
    for (size_t i = 0; *name != '\0'; name++) {
        if (strchr("*?[\\", *name) != NULL)
            glob[i++] = '\\';
        glob[i++] = *name;
    }
    return glob;
}

/* The folder in which the parts of a merged image lie: its own, or where a copy was made the one
 * that lies to the old program as that to the new one. NULL where they are not there. */
static const char *folder_of_parts(const struct consolidated *set, const char *merged,
                                   const struct string_list *parts) {
    const char *real = file_real(set->arena, merged);
    if (set->old == NULL)
        return path_folder(set->arena, real);
    const char *new = file_real(set->arena, path_folder(set->arena, set->path));
    const char *old = file_real(set->arena, path_folder(set->arena, set->old));
    const char *below = path_folder(set->arena, path_relative(set->arena, new, real));
    const char *folder = path_join(set->arena, old, below);
    for (size_t i = 0; i < parts->count; i++)
        if (path_look(path_join(set->arena, folder, parts->items[i])) == PATH_ABSENT)
            return NULL;
    return file_real(set->arena, folder);
}

/* Groups of just the parts that the merged images say they have. */
static bool make_rules(struct consolidated *set, struct merge_rules *rules, struct error *error) {
    rules->identity = "";
    rules->names_are_taken = true;
    for (size_t i = 0; i < set->found.count; i++) {
        const char *path = set->found.items[i].path;
        struct group_rule *group = vector_push(set->arena, &rules->groups);
        struct string_list parts = {0};
        *group = (struct group_rule){.leaf = path_leaf(path)};
        if (!parts_file_read_parts(set->arena, parts_file_path(set->arena, path), &parts, error))
            return false;
        group->folder = folder_of_parts(set, path, &parts);
        for (size_t j = 0; j < parts.count; j++) {
            const char *leaf =
                set->old != NULL ? parts.items[j] : original_path(set->arena, NULL, parts.items[j]);
            *vector_push(set->arena, &group->globs) = glob_of(set->arena, leaf);
        }
    }
    return true;
}

/* --- comparing --- */

static void name_errors(const struct consolidated *set, size_t first, const char *path) {
    for (size_t i = first; i < set->errors->count; i++)
        error_in_file(&set->errors->items[i], path);
}

static const struct merge *merge_of_leaf(const struct consolidation *all, const char *path) {
    for (size_t i = 0; i < all->merge_count; i++)
        if (strcmp(path_leaf(all->merges[i].path), path_leaf(path)) == 0)
            return &all->merges[i];
    return NULL;
}

/* The path now of what was a file of the old programs; NULL when there is none, or when it is still
 * what was compared before it took its place. */
static const char *path_now(const struct consolidated *set, const struct graph_node *node) {
    const char *leaf = path_leaf(node->file->path);
    size_t image;
    for (size_t i = 0; i < set->kept.count; i++)
        if (strcmp(set->kept.items[i].original, node->file->path) == 0)
            return set->kept.items[i].is_as_written ? NULL : set->kept.items[i].path;
    if (set->old == NULL)
        return NULL;
    if (node->is_root)
        return set->path;
    return program_find(set->walked.items[0], leaf, &image)
               ? set->walked.items[0]->images.items[image].file->path
               : NULL;
}

static void compare_stubs(const struct consolidated *set, const struct merge *merge,
                          const char *merged) {
    const char *folder = path_folder(set->arena, merged);
    for (size_t i = 0; i < merge->part_count; i++) {
        const struct graph_node *node = merge->parts[i].node;
        const char *path = set->old != NULL
                               ? path_join(set->arena, folder, path_leaf(node->file->path))
                               : path_now(set, node);
        size_t before = set->errors->count;
        if (path == NULL || path_look(path) == PATH_ABSENT)
            continue;
        compare_stub(merge, i, path, set->errors);
        name_errors(set, before, path);
    }
}

static void compare_found(const struct consolidated *set, const struct consolidation *all,
                          const struct found_merge *found) {
    const struct merge *merge = merge_of_leaf(all, found->path);
    struct error error;
    size_t before = set->errors->count;
    if (merge == NULL) {
        error_malformed(&error, "", "its parts can no longer be one image");
        error_in_file(&error, found->path);
        errors_add(set->errors, &error);
        return;
    }
    compare_merge(merge, found->path, set->errors);
    name_errors(set, before, found->path);
    compare_stubs(set, merge, found->path);
}

/* What is no difference by shrinking is none; even lossless moves the parts of __LINKEDIT. */
static void compare_found_client(const struct consolidated *set, const struct client *client,
                                 const char *path) {
    struct errors differences = {0}, ignored = {0};
    bool same = compare_client(client, path, &differences) ||
                shrunk_client_compare(client, path, set->losses, &ignored);
    for (size_t i = 0; !same && i < differences.count; i++) {
        error_in_file(&differences.items[i], path);
        errors_add(set->errors, &differences.items[i]);
    }
    errors_free(&differences);
    errors_free(&ignored);
}

static void compare_clients(const struct consolidated *set, const struct consolidation *all) {
    for (size_t i = 0; i < all->graph.count; i++) {
        const struct client *client = &all->clients[i];
        const char *path = path_now(set, &all->graph.items[i]);
        if (client->head.size != 0 && client->reason == NULL && path != NULL)
            compare_found_client(set, client, path);
    }
}

static bool compare_all(struct consolidated *set, struct old_world *world, struct error *error) {
    struct merge_rules rules = {0};
    read_old(set, world);
    world->all.arena = set->arena;
    if (world->count == 0)
        return error_malformed(error, "",
                               "no program that loads it is known; verify the program") ||
               error_in_file(error, set->path);
    if (!make_rules(set, &rules, error) ||
        !consolidation_plan(&world->all, world->programs, world->count, &rules, error))
        return false;
    for (size_t i = 0; i < world->all.merge_count; i++)
        world->all.merges[i].may_lack_symbols = set->losses->level->drops_upto != SYMBOL_NONE;
    for (size_t i = 0; i < set->found.count; i++)
        compare_found(set, &world->all, &set->found.items[i]);
    compare_clients(set, &world->all);
    return true;
}

static void compare_with_old(struct consolidated *set) {
    struct old_world world = {0};
    struct error error = {0};
    bool kept = lists_are_read(set, &error) && (set->old != NULL || find_kept(set, &error));
    if (!kept || !compare_all(set, &world, &error))
        errors_add(set->errors, &error);
    consolidation_free(&world.all);
    if (world.cache != NULL)
        image_cache_free(world.cache);
}

bool consolidated_compare(struct arena *arena, const char *path, const char *old,
                          const struct losses *losses, struct errors *errors) {
    struct consolidated set = {.arena = arena,
                               .path = path,
                               .old = old_of(arena, path, old),
                               .losses = losses,
                               .errors = errors};
    find_merges(&set);
    bool any = set.found.count != 0;
    if (any)
        compare_with_old(&set);
    release(&set);
    return any;
}
