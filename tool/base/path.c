#include "base/path.h"

#include <string.h>

char *path_folder(struct arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return arena_string(arena, ".");
    while (slash > path && slash[-1] == '/')
        slash--;
    return slash == path ? arena_string(arena, "/")
                         : arena_copy(arena, path, (size_t)(slash - path));
}

const char *path_leaf(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

char *path_join(struct arena *arena, const char *folder, const char *path) {
    while (*path == '/')
        path++;
    if (folder[0] == '\0' || strcmp(folder, ".") == 0)
        return arena_string(arena, path);
    size_t folder_size = strlen(folder), path_size = strlen(path);
    char *joined = arena_take(arena, folder_size + path_size + 2);
    memcpy(joined, folder, folder_size);
    if (folder[folder_size - 1] != '/')
        joined[folder_size++] = '/';
    memcpy(joined + folder_size, path, path_size);
    return joined;
}

/* Where the last part of `out` (`size` bytes) begins; 0 for the first. */
static size_t last_part(const char *out, size_t size) {
    while (size > 0 && out[size - 1] != '/')
        size--;
    return size;
}

/* Whether the text built so far ends in a part that ".." can take back. */
static bool can_step_back(const char *out, size_t size, size_t root) {
    size_t part = last_part(out, size);
    return size > root && strncmp(out + part, "..", size - part) != 0;
}

char *path_tidy(struct arena *arena, const char *path) {
    char *out = arena_take(arena, strlen(path) + 2);
    size_t root = path[0] == '/' ? 1 : 0;
    size_t size = root;
    memcpy(out, path, root);
    while (*path != '\0') {
        size_t part = strcspn(path, "/");
        bool nothing = part == 0 || (part == 1 && path[0] == '.');
        bool back = part == 2 && path[0] == '.' && path[1] == '.';
        if (back && can_step_back(out, size, root)) {
            size = last_part(out, size);
            size -= size > root ? 1 : 0;
        } else if (!nothing && !(back && root == 1 && size == root)) {
            if (size > root)
                out[size++] = '/';
            memcpy(out + size, path, part);
            size += part;
        }
        path += part;
        path += *path == '/' ? 1 : 0;
    }
    if (size == 0)
        out[size++] = '.';
    out[size] = '\0';
    return out;
}

bool path_is_in(const char *path, const char *folder) {
    size_t size = strlen(folder);
    return strncmp(path, folder, size) == 0 && path[size] == '/';
}

char *path_relative(struct arena *arena, const char *folder, const char *path) {
    const char *shared = folder;
    char *steps = arena_string(arena, "");
    while (strcmp(shared, "/") != 0 && strcmp(shared, ".") != 0 && !path_is_in(path, shared)) {
        shared = path_folder(arena, shared);
        steps = path_join(arena, "..", steps);
    }
    size_t size = strcmp(shared, ".") == 0 || strcmp(shared, "/") == 0 ? 0 : strlen(shared);
    return path_join(arena, steps, path + size);
}
