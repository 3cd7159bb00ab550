/* compare_merged: says what differs between what `vafit consolidate` made and what it was made of.
 *
 *     compare_merged EXECUTABLE FILE [OLD]
 *
 * EXECUTABLE and its dylibs are as they were before. FILE is a merged image, of one group; with OLD
 * it is the stub of the dylib, or the changed client, that OLD was. Prints the differences; exit
 * status 1 when there are any. */
#include "base/path.h"
#include "merge/compare_merge.h"
#include "merge/consolidation.h"

#include <string.h>

/* A stub of a part, or a client. */
static bool compare_other(const struct consolidation *all, const char *old, const char *path,
                          struct errors *errors) {
    for (size_t i = 0; i < all->graph.count; i++) {
        if (strcmp(path_leaf(all->graph.items[i].file->path), old) != 0)
            continue;
        const struct merge *merge = all->merge_of_node[i];
        return merge == NULL ? compare_client(&all->clients[i], path, errors)
                             : compare_stub(merge, merge_part_of(merge, i), path, errors);
    }
    struct error error;
    error_usage(&error, "%s is loaded by nobody", old);
    errors_add(errors, &error);
    return false;
}

static int compare(struct arena *arena, struct program *program, const char *path,
                   const char *old) {
    struct consolidation all = {.arena = arena};
    const struct merge_rules rules = {0};
    struct errors errors = {0};
    struct error error;
    if (!consolidation_plan(&all, &program, 1, &rules, &error))
        errors_add(&errors, &error);
    else if (old != NULL)
        compare_other(&all, old, path, &errors);
    else
        compare_merge(&all.merges[0], path, &errors);
    errors_print(stdout, &errors);
    int status = errors.count != 0;
    errors_free(&errors);
    consolidation_free(&all);
    return status;
}

int main(int argc, char **argv) {
    struct arena arena = {0};
    struct image_cache *cache = image_cache_on_disk();
    struct image_file *file;
    struct program program;
    const struct search search = {0};
    if (argc < 3 || argc > 4 || image_cache_find(cache, argv[1], &file) != LOOKUP_FOUND ||
        image_cache_image(cache, file, &file->slices[0]) == NULL)
        return 2;
    struct walker *walker = walker_make(cache);
    program_walk(walker, &search, argv[1], file, &file->slices[0], &program);
    walker_free(walker);
    int status = compare(&arena, &program, argv[2], argc == 4 ? argv[3] : NULL);
    image_cache_free(cache);
    arena_free(&arena);
    return status;
}
