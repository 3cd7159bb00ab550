#include "fix/merge_resume.h"

#include "base/file_digest.h"
#include "base/map.h"
#include "base/path.h"
#include "merge/parts_file.h"
#include "rewrite/original.h"

#include <string.h>
#include <sys/file.h>

/* --- what was on its way --- */

static bool resume_at(const struct merge_traces *traces, const char *path, bool take_back,
                      struct resumed *resumed, struct error *error) {
    const char *original = original_path(traces->arena, traces->unstripped, path);
    return journal_resume(path, take_back, resumed, error) && atomic_file_sweep(path, error) &&
           (original == NULL || atomic_file_sweep(original, error));
}

static const struct image *only_image(const struct image_file *file) {
    return file->slice_count == 1 ? file->slices[0].image : NULL;
}

/* Stubs are loaded by nobody once all ask for the merged image. */
bool merge_resume(const struct merge_traces *traces, bool take_back, struct resumed *resumed,
                  struct error *error) {
    struct arena *arena = traces->arena;
    for (size_t i = 0; i < traces->count; i++) {
        const char *path = traces->files[i]->path, *folder = path_folder(arena, path);
        struct replaced_files replaced = {0};
        if (!resume_at(traces, path, take_back, resumed, error))
            return false;
        if (!parts_file_of(arena, path, only_image(traces->files[i]), &replaced))
            continue;
        for (size_t j = 0; j < replaced.count; j++)
            if (!resume_at(traces, path_join(arena, folder, replaced.items[j].path), take_back,
                           resumed, error))
                return false;
    }
    return true;
}

/* --- what nobody needs --- */

static bool is_replacement(const char *path, const struct replaced_file *replaced) {
    uint8_t digest[SHA256_SIZE];
    struct error ignored;
    return file_digest_at(path, digest, &ignored) &&
           memcmp(digest, replaced->replacement, SHA256_SIZE) == 0;
}

/* Of a copy nothing is known of who needs it. */
static bool is_needed(struct arena *arena, const char *merged,
                      const struct replaced_files *replaced) {
    const char *folder = path_folder(arena, merged);
    if (replaced->count == 0)
        return true;
    for (size_t i = 0; i < replaced->count; i++)
        if (is_replacement(path_join(arena, folder, replaced->items[i].path), &replaced->items[i]))
            return true;
    return false;
}

/* Under the lock that a run holds on its new files until it ends. */
static bool remove_merged(struct arena *arena, const char *path, struct file *merged,
                          struct error *error) {
    struct image_file file = {.path = path, .file = *merged, .size = merged->size};
    struct replaced_files replaced;
    struct error ignored;
    if (flock(merged->descriptor, LOCK_EX | LOCK_NB) != 0 ||
        !image_file_read(arena, &file, &ignored) ||
        !parts_file_of(arena, path, only_image(&file), &replaced) ||
        is_needed(arena, path, &replaced))
        return true;
    return file_remove(path, error) && file_remove(parts_file_path(arena, path), error);
}

/* It takes its name before the image does, and keeps it longer. */
static bool remove_parts_file(struct arena *arena, const char *merged, struct error *error) {
    const char *path = parts_file_path(arena, merged);
    struct replaced_files replaced;
    struct error ignored;
    if (path_look(path) != PATH_FILE || !parts_file_read(arena, path, NULL, &replaced, &ignored) ||
        is_needed(arena, merged, &replaced))
        return true;
    return file_remove(path, error);
}

static bool remove_unneeded(const struct merge_traces *traces, const char *path,
                            struct error *error) {
    const char *real = file_real(traces->arena, path);
    struct error ignored;
    struct file file;
    for (size_t i = 0; i < traces->count; i++)
        if (strcmp(file_real(traces->arena, traces->files[i]->path), real) == 0)
            return true;
    if (path_look(path) == PATH_ABSENT)
        return remove_parts_file(traces->arena, path, error);
    if (path_look(path) != PATH_FILE || !file_open(path, &file, &ignored))
        return true;
    bool done = remove_merged(traces->arena, path, &file, error);
    file_close(&file);
    return done;
}

/* `name` without `end`; NULL when it does not end so. */
static char *without(struct arena *arena, const char *name, const char *end) {
    size_t size = strlen(name), end_size = strlen(end);
    bool ends = size > end_size && strcmp(name + size - end_size, end) == 0;
    return ends ? arena_copy(arena, name, size - end_size) : NULL;
}

/* The merged image that a file of the folder is beside, or on its way to; NULL for any other. */
static const char *merged_of(struct arena *arena, const char *folder, const char *name) {
    const char *target = without(arena, name, NEW_FILE_ENDING);
    const char *merged = without(arena, target == NULL ? name : target, parts_file_path(arena, ""));
    if (merged != NULL)
        return path_join(arena, folder, merged);
    bool is_new = target != NULL && path_look(path_join(arena, folder, target)) == PATH_ABSENT;
    return is_new ? path_join(arena, folder, target) : NULL;
}

static bool clean_folder(const struct merge_traces *traces, const char *folder,
                         struct error *error) {
    enum { MOST = 1 << 20 };
    struct arena *arena = traces->arena;
    struct string_list names = {0};
    (void)file_list_folder(arena, folder, MOST, &names);
    for (size_t i = 0; i < names.count; i++) {
        const char *path = merged_of(arena, folder, names.items[i]);
        if (path == NULL)
            continue;
        if (!atomic_file_sweep(path, error) ||
            !atomic_file_sweep(parts_file_path(arena, path), error) ||
            !remove_unneeded(traces, path, error))
            return false;
    }
    return true;
}

bool merge_remove_unneeded(const struct merge_traces *traces, struct error *error) {
    struct map folders = {0};
    bool done = true;
    for (size_t i = 0; done && i < traces->count; i++) {
        char *folder = path_folder(traces->arena, traces->files[i]->path);
        if (map_get(&folders, folder) != NULL)
            continue;
        map_put(&folders, traces->arena, folder, folder);
        done = clean_folder(traces, folder, error);
    }
    map_free(&folders);
    return done;
}

bool merge_remove_idle_originals(const struct merge_traces *traces, struct error *error) {
    for (size_t i = 0; i < traces->count; i++) {
        const char *path = traces->files[i]->path;
        const char *original = original_path(traces->arena, traces->unstripped, path);
        if (original != NULL && original_is_itself(original, path) &&
            !original_remove_itself(original, path, error))
            return false;
    }
    return true;
}
