#include "rewrite/twin.h"

#include "base/new_file.h"
#include "base/path.h"
#include "rewrite/proof.h"

#include <string.h>
#include <unistd.h>

const char *twin_path(struct arena *arena, const char *folder, const char *target) {
    if (folder != NULL && strcmp(folder, "none") == 0)
        return NULL;
    if (folder != NULL)
        target = path_join(arena, folder, path_leaf(target));
    return arena_format(arena, "%s.unstripped", target);
}

bool twin_is_of(const char *path, const struct image_file *image) {
    static const struct closed_world anything = {0};
    struct arena arena = {0};
    struct errors differences = {0};
    struct error ignored;
    struct image_file twin = {.path = path};
    bool same = file_open(path, &twin.file, &ignored);
    twin.size = twin.file.size;
    if (same && file_same(&twin.file, &image->file)) {
        file_close(&twin.file);
        return true;
    }
    same = same && image_file_read(&arena, &twin, &ignored) &&
           proof_read_images(&arena, &twin, &ignored) &&
           proof_compare(&twin, image, level_named("exports"), &anything, &differences);
    file_close(&twin.file);
    errors_free(&differences);
    arena_free(&arena);
    return same;
}

bool twin_is_itself(const char *twin, const char *path) {
    struct file_stamp a, b;
    return file_stamp(twin, &a) && file_stamp(path, &b) && a.identity.device == b.identity.device &&
           a.identity.inode == b.identity.inode;
}

/* A copy under another name, where a hard link cannot be. */
static bool copy(const struct file *original, const char *twin, struct error *error) {
    struct new_file file;
    if (!new_file_make(twin, &file, error))
        return false;
    if (!new_file_copy(&file, 0, original, 0, original->size, error) ||
        !new_file_finish(&file, original, error)) {
        new_file_discard(&file);
        return error_in_file(error, twin);
    }
    return new_file_take_place(&file, twin, error);
}

bool twin_put_aside(const struct image_file *original, const char *twin, struct error *error) {
    if (path_look(twin) != PATH_ABSENT) {
        if (twin_is_of(twin, original))
            return true;
        if (unlink(twin) != 0)
            return error_errno(error, twin, "cannot replace");
    }
    struct arena scratch = {0};
    file_make_folders(&scratch, path_folder(&scratch, twin));
    arena_free(&scratch);
    return link(original->path, twin) == 0 || copy(&original->file, twin, error);
}
