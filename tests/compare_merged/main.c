/* compare_merged: says what differs between a merged image and the dylibs that it was made of.
 *
 *     compare_merged EXECUTABLE MERGED
 *
 * EXECUTABLE and its dylibs are as they were before; MERGED is what `vafit consolidate` made of
 * them, of one group. Prints the differences; exit status 1 when there are any. */
#include "merge/compare_merge.h"
#include "merge/consolidation.h"

static int compare(struct arena *arena, struct program *program, const char *merged) {
    struct consolidation all = {.arena = arena};
    const struct merge_rules rules = {0};
    struct errors errors = {0};
    struct error error;
    if (!consolidation_plan(&all, &program, 1, &rules, &error))
        errors_add(&errors, &error);
    else
        compare_merge(&all.merges[0], merged, &errors);
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
    if (argc != 3 || image_cache_find(cache, argv[1], &file) != LOOKUP_FOUND ||
        image_cache_image(cache, file, &file->slices[0]) == NULL)
        return 2;
    program_walk(cache, &search, argv[1], file, &file->slices[0], &program);
    int status = compare(&arena, &program, argv[2]);
    program_free(&program);
    image_cache_free(cache);
    arena_free(&arena);
    return status;
}
