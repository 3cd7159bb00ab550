#include "rewrite/original.h"

#include "base/atomic_file.h"
#include "base/path.h"
#include "rewrite/reseal.h"
#include "verify/compare_files.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

const char *original_path_of_link(struct arena *arena, const char *folder, const char *target) {
    if (folder != NULL && strcmp(folder, "none") == 0)
        return NULL;
    if (folder != NULL)
        target = path_join(arena, folder, path_leaf(target));
    return arena_format(arena, "%s.unstripped", target);
}

static const char *path_below(struct arena *arena, const char *folder, const char *below) {
    return arena_format(arena, "%s.unstripped%s.unstripped", folder, below);
}

/* A file more in a sealed bundle would break its seal: beside it is the same tree again. NULL for
 * what is in none. */
static const char *path_outside(struct arena *arena, const char *target) {
    const char *bundle = reseal_outermost(arena, target);
    if (bundle == NULL)
        return NULL;
    const char *real = file_real(arena, target), *folder = file_real(arena, bundle);
    return path_is_in(real, folder) ? path_below(arena, bundle, real + strlen(folder)) : NULL;
}

/* Where one stayed while there was a seal that is gone now; NULL for nowhere. */
static const char *path_left_outside(struct arena *arena, const char *target) {
    const char *real = file_real(arena, target), *folder = path_folder(arena, real);
    for (; strcmp(folder, "/") != 0 && strcmp(folder, ".") != 0;
         folder = path_folder(arena, folder)) {
        const char *path = path_below(arena, folder, real + strlen(folder));
        if (path_look(path) == PATH_FILE)
            return path;
    }
    return NULL;
}

/* One that is there goes before another place for it. */
const char *original_path(struct arena *arena, const char *folder, const char *target) {
    const char *beside = original_path_of_link(arena, folder, target);
    if (folder != NULL || path_look(beside) == PATH_FILE)
        return beside;
    const char *outside = path_outside(arena, target);
    if (outside == NULL)
        outside = path_left_outside(arena, target);
    return outside == NULL ? beside : outside;
}

static bool has_ending(const char *path) {
    static const char ending[] = ".unstripped";
    size_t size = strlen(path);
    return size >= sizeof ending && strcmp(path + size - (sizeof ending - 1), ending) == 0;
}

void original_remove_folders(const char *path) {
    struct arena arena = {0};
    const char *folder = path_folder(&arena, path);
    bool is_last = false;
    while (!is_last && strstr(folder, ".unstripped") != NULL &&
           (rmdir(folder) == 0 || errno == ENOENT)) {
        is_last = has_ending(folder);
        folder = path_folder(&arena, folder);
    }
    arena_free(&arena);
}

/* Opens the file at `path` and reads its images; it is open only where that could be done. A
 * symbolic link is no original: what it leads to may be rewritten next. */
static bool read_image(struct arena *arena, const char *path, struct image_file *file) {
    struct error ignored;
    *file = (struct image_file){.path = path};
    if (path_look(path) != PATH_FILE || !file_open(path, &file->file, &ignored))
        return false;
    file->size = file->file.size;
    if (image_file_read(arena, file, &ignored) && image_file_parse_all(arena, file, &ignored))
        return true;
    file_close(&file->file);
    return false;
}

bool original_is_of(const char *path, const struct image_file *image) {
    static const struct closed_world anything = {0};
    const struct losses losses = {level_named("exports"), &anything, true};
    struct arena arena = {0};
    struct errors differences = {0};
    struct image_file original;
    bool same = false;
    if (read_image(&arena, path, &original)) {
        same = file_same(&original.file, &image->file) ||
               compare_files(&original, image, &losses, NULL, &differences);
        file_close(&original.file);
    }
    errors_free(&differences);
    arena_free(&arena);
    return same;
}

bool original_is_itself(const char *original, const char *path) {
    struct file_stamp a, b;
    return file_own_stamp(original, &a) && file_stamp(path, &b) &&
           file_identity_same(&a.identity, &b.identity);
}

/* --- what has the name already --- */

enum relation {
    RELATION_NONE,    /* no image of the same file type, architectures and install name */
    RELATION_UNKNOWN, /* one that no UUID tells from this one */
    RELATION_SAME,    /* of the same link */
    RELATION_OTHER    /* of another link */
};

static const struct image *image_like(const struct image_file *file, const struct image *image) {
    for (size_t i = 0; i < file->slice_count; i++)
        if (file->slices[i].architecture == image->architecture)
            return file->slices[i].image;
    return NULL;
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool original_is_of_link(const uint8_t original[16], const uint8_t uuid[16]) {
    return memcmp(original, uuid, 15) == 0 && (original[15] ^ uuid[15]) <= 1;
}

static enum relation relation_of_images(const struct image *a, const struct image *b) {
    if (b == NULL || a->type != b->type || !same_text(a->install_name, b->install_name))
        return RELATION_NONE;
    if (!a->has_uuid || !b->has_uuid)
        return RELATION_UNKNOWN;
    return original_is_of_link(b->uuid, a->uuid) ? RELATION_SAME : RELATION_OTHER;
}

/* Of a universal file all slices are of the same link or all are compared: what is unknown of one
 * is unknown of all. */
static enum relation relation_of(const struct image_file *a, const struct image_file *b) {
    enum relation relation = RELATION_SAME;
    if (a->slice_count != b->slice_count)
        return RELATION_NONE;
    for (size_t i = 0; i < a->slice_count; i++) {
        const struct image *image = a->slices[i].image;
        enum relation one = relation_of_images(image, image_like(b, image));
        if (one < RELATION_SAME)
            return one;
        if (one == RELATION_OTHER)
            relation = RELATION_OTHER;
    }
    return relation;
}

static uint64_t symbol_count(const struct image_file *file) {
    uint64_t count = 0;
    for (size_t i = 0; i < file->slice_count; i++)
        count += file->slices[i].image->symtab.symbol_count;
    return count;
}

/* Whether what has the name is the original already. */
static bool is_original(const struct image_file *file, const char *path, enum relation *relation) {
    struct arena arena = {0};
    struct image_file other;
    bool is = original_is_itself(path, file->path);
    *relation = RELATION_NONE;
    if (!is && path_look(path) == PATH_FILE && read_image(&arena, path, &other)) {
        *relation = relation_of(file, &other);
        is = *relation == RELATION_SAME && symbol_count(&other) >= symbol_count(file);
        file_close(&other.file);
    }
    if (*relation == RELATION_UNKNOWN)
        is = original_is_of(path, file);
    arena_free(&arena);
    return is || file_holds(path, &file->file);
}

bool original_is_there(const char *path, const struct image_file *file) {
    enum relation relation;
    return is_original(file, path, &relation);
}

/* *stays: what has the name is the original already; else it is that of an earlier link. */
static bool judge(const struct image_file *file, const char *path, bool *stays,
                  struct error *error) {
    enum relation relation;
    *stays = is_original(file, path, &relation);
    return *stays || relation == RELATION_OTHER ||
           error_io(error, path,
                    "is there, and is not the original of %s; move it away, or keep originals "
                    "elsewhere with --unstripped",
                    file->path);
}

/* --- putting aside and back --- */

/* A copy under another name, where a hard link cannot be. */
static bool copy(const struct file *source, const char *target, struct atomic_file *file,
                 struct error *error) {
    if (!atomic_file_make_copy(target, source, false, file, error))
        return false;
    if (atomic_file_times(file, source, error))
        return true;
    atomic_file_discard(file);
    return error_in_file(error, target);
}

/* Step put aside. */
bool original_put_aside(const struct image_file *file, const char *path, struct replacement *aside,
                        struct error *error) {
    struct file_state was;
    struct atomic_file new_file;
    bool stays = false;
    *aside = (struct replacement){0};
    if (!atomic_file_sweep(path, error))
        return false;
    was.is_there = file_stamp(path, &was.stamp);
    if (path_look(path) != PATH_ABSENT && !judge(file, path, &stays, error))
        return false;
    if (stays)
        return true;
    bool linked = atomic_file_link(file->path, path, false, &new_file);
    if (!linked && !copy(&file->file, path, &new_file, error))
        return false;
    replacement_begin(aside, path, &new_file);
    aside->is_original = true;
    aside->was = was;
    if (!linked || file_identity_same(&aside->identity, &file->file.identity))
        return true;
    replacements_discard(aside, 1);
    return replacement_is_late(error, file->path);
}

bool original_put_back(const char *path, const char *target, const struct file *read,
                       struct replacement *back, struct error *error) {
    struct atomic_file new_file;
    struct file original;
    bool made = atomic_file_link(path, target, false, &new_file);
    if (!made && file_open(path, &original, error)) {
        made = copy(&original, target, &new_file, error);
        file_close(&original);
    }
    if (made)
        replacement_begin_of(back, target, read, &new_file);
    return made;
}

/* Another run may have rewritten the file since; the original is only taken away while the new
 * file's name keeps others from that. */
bool original_remove_itself(const char *original, const char *target, struct error *error) {
    struct atomic_file guard;
    if (!atomic_file_make(target, &guard, error))
        return false;
    bool removed = !original_is_itself(original, target) || file_remove(original, error);
    atomic_file_discard(&guard);
    return removed;
}
