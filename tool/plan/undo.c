#include "plan/undo.h"

#include "rewrite/twin.h"

#include <stdio.h>
#include <unistd.h>

/* Whether the twin can take the file's name. */
static bool is_twin(const struct problem_file *item, const char *twin, struct error *error) {
    struct image_file file = *item->file;
    if (item->refusal.kind != ERROR_NONE) {
        *error = item->refusal;
        return false;
    }
    if (!file_open(file.path, &file.file, error))
        return false;
    bool is_twin = twin_is_of(twin, &file);
    file_close(&file.file);
    if (is_twin)
        return true;
    error_malformed(error, "", "%s was not made from it, which stays", file.path);
    return error_in_file(error, twin);
}

/* rename() does nothing to two names of one file. */
static bool restore(const struct problem_file *item, const char *twin, size_t *restored,
                    struct error *error) {
    const char *path = item->file->path;
    if (twin_is_itself(twin, path))
        return unlink(twin) == 0 || error_errno(error, twin, "cannot remove");
    if (!is_twin(item, twin, error))
        return false;
    ++*restored;
    return rename(twin, path) == 0 || error_errno(error, path, "cannot restore");
}

bool undo_do(const struct problem *problem, const char *unstripped, size_t *restored,
             struct errors *errors) {
    struct arena scratch = {0};
    size_t before = errors->count;
    *restored = 0;
    for (size_t i = 0; i < problem->plan.file_count; i++) {
        const struct problem_file *item = &problem->files[i];
        const char *twin = twin_path(&scratch, unstripped, item->file->path);
        struct error error;
        if (twin == NULL || path_look(twin) == PATH_ABSENT)
            continue;
        if (!restore(item, twin, restored, &error))
            errors_add(errors, &error);
    }
    arena_free(&scratch);
    return errors->count == before;
}
