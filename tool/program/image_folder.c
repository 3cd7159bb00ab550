#include "program/image_folder.h"

#include "base/path.h"
#include "program/image_file.h"

#include <errno.h>
#include <string.h>

enum { MOST_ENTRIES = 1 << 20, MOST_DEPTH = 128 };

static bool is_original(const char *path) {
    static const char ending[] = ".unstripped";
    size_t size = strlen(path), end = sizeof ending - 1;
    return size > end && strcmp(path + size - end, ending) == 0;
}

static bool is_image(const char *path) {
    struct file file;
    struct error ignored;
    if (is_original(path) || !file_open(path, &file, &ignored))
        return false;
    bool is = image_file_is_loaded(&file);
    file_close(&file);
    return is;
}

static bool list(struct arena *arena, const char *folder, unsigned depth, struct string_list *paths,
                 struct error *error) {
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
        if (kind == PATH_OTHER && !list(arena, path, depth + 1, paths, error))
            return false;
        if (kind == PATH_FILE && is_image(path))
            *vector_push(arena, paths) = path;
    }
    return true;
}

bool image_folder_list(struct arena *arena, const char *folder, struct string_list *paths,
                       struct error *error) {
    return list(arena, folder, 0, paths, error);
}
