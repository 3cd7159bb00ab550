/* A merge: a program and three dylibs, of which what can be merged becomes one image, written and
 * compared with what it was made of. The input is the four files, each after its size in four
 * bytes; they are called as in tests/programs. */
#include "fuzz.h"

#include "merge/compare_merge.h"
#include "merge/consolidation.h"
#include "merge/merged_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {"main", "libbase.dylib", "libleft.dylib", "libright.dylib"};
enum { FILES = sizeof names / sizeof names[0] };

static char own_folder[64];

static void remove_folder(void) {
    rmdir(own_folder);
}

/* The folder of this process, in memory where there is a place for that. */
static const char *folder(void) {
    if (own_folder[0] != '\0')
        return own_folder;
    snprintf(own_folder, sizeof own_folder, "%s/vafit-merge-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(own_folder) == NULL || atexit(remove_folder) != 0)
        abort();
    return own_folder;
}

static void path_in_folder(char path[128], const char *name) {
    snprintf(path, 128, "%s/%s", folder(), name);
}

static void remove_files(void) {
    char path[128];
    for (size_t i = 0; i < FILES; i++) {
        path_in_folder(path, names[i]);
        unlink(path);
    }
}

static void write_file(const char *name, struct bytes bytes) {
    char path[128];
    path_in_folder(path, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes.data, 1, bytes.size, file) != bytes.size || fclose(file) != 0)
        abort();
}

static bool write_files(struct bytes input) {
    size_t at = 0;
    for (size_t i = 0; i < FILES; i++) {
        struct bytes size, file;
        if (!bytes_part(input, at, 4, &size) ||
            !bytes_part(input, at + 4, bytes_u32(size, 0), &file))
            return false;
        write_file(names[i], file);
        at += 4 + file.size;
    }
    return true;
}

/* Whoever merges takes no file that differs from its parts; here that is no finding. */
static void write_and_compare(struct merge *merge) {
    char path[128];
    struct atomic_file file;
    struct errors differences = {0};
    struct error error;
    path_in_folder(path, "libconsolidated.dylib");
    if (!atomic_file_make(path, &file, &error))
        abort();
    if (merged_image_write(merge, &file, &error))
        compare_merge(merge, file.path, &differences);
    errors_free(&differences);
    atomic_file_discard(&file);
}

static void merge_program(struct arena *arena, struct program *program) {
    struct consolidation all = {.arena = arena};
    const struct merge_rules rules = {0};
    struct error error;
    if (consolidation_plan(&all, &program, 1, &rules, &error))
        for (size_t i = 0; i < all.merge_count; i++)
            write_and_compare(&all.merges[i]);
    consolidation_free(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = {0};
    struct image_cache *cache = image_cache_on_disk();
    const struct search search = {0};
    struct image_file *file;
    struct program program;
    char path[128];
    path_in_folder(path, names[0]);
    if (write_files((struct bytes){data, size}) &&
        image_cache_find(cache, path, &file) == LOOKUP_FOUND && file->slice_count != 0 &&
        image_cache_image(cache, file, &file->slices[0]) != NULL) {
        struct walker *walker = walker_make(cache);
        program_walk(walker, &search, path, file, &file->slices[0], &program);
        walker_free(walker);
        merge_program(&arena, &program);
    }
    image_cache_free(cache);
    arena_free(&arena);
    remove_files();
    return 0;
}
