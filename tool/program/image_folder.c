#include "program/image_folder.h"

#include "base/path.h"
#include "program/image_file.h"

#include <errno.h>
#include <string.h>

enum { MOST_ENTRIES = 1 << 20, MOST_DEPTH = 128 };

/* The names that vafit gives to what it has beside images: docs/replacing.md. The last is a
 * folder's.
 */
static const char *const own_endings[] = {".unstripped", ".vafit-new", ".vafit-new-old",
                                          ".vafit-new.sign"};

static bool is_own(const char *path, bool is_folder) {
    size_t size = strlen(path), count = sizeof own_endings / sizeof own_endings[0];
    bool own = false;
    for (size_t i = is_folder ? count - 1 : 0; i < count; i++) {
        size_t end = strlen(own_endings[i]);
        own |= size > end && strcmp(path + size - end, own_endings[i]) == 0;
    }
    return own;
}

/* Which files are asked for. */
struct folder_wish {
    bool programs;            /* alone */
    const char *architecture; /* of these; NULL for any */
};

static bool is_wished(const char *path, const struct folder_wish *wish) {
    struct file file;
    struct error ignored;
    if (!file_open(path, &file, &ignored))
        return false;
    bool is = wish->programs ? image_file_has_program(&file, wish->architecture)
                             : image_file_is_loaded(&file);
    file_close(&file);
    return is;
}

static bool list(struct arena *arena, const char *folder, unsigned depth,
                 const struct folder_wish *wish, struct string_list *paths, struct error *error) {
    struct string_list names = {0};
    errno = 0;
    if (depth == MOST_DEPTH)
        return error_io(error, folder, "lies too deep");
    if (!file_list_folder(arena, folder, MOST_ENTRIES, &names))
        return (errno == ENOTDIR && depth != 0) ? true
               : errno != 0 ? error_errno(error, folder, "cannot read the folder")
                            : error_io(error, folder, "holds too many files");
    for (size_t i = 0; i < names.count; i++) {
        const char *path = path_join(arena, folder, names.items[i]);
        enum path_kind kind = path_look(path);
        if (is_own(path, kind == PATH_OTHER))
            continue;
        if (kind == PATH_OTHER && !list(arena, path, depth + 1, wish, paths, error))
            return false;
        if (kind == PATH_FILE && is_wished(path, wish))
            *vector_push(arena, paths) = path;
    }
    return true;
}

bool image_folder_list(struct arena *arena, const char *folder, struct string_list *paths,
                       struct error *error) {
    return list(arena, folder, 0, &(struct folder_wish){0}, paths, error);
}

bool image_folder_programs(struct arena *arena, const char *folder, const char *architecture,
                           struct string_list *paths, struct error *error) {
    return list(arena, folder, 0, &(struct folder_wish){true, architecture}, paths, error);
}
