#include "program/program_find.h"

#include "base/path.h"

#include <string.h>

/* The first image of that path or install name: that is what loads under it. */
static bool find_whole(const struct program *program, const char *name, size_t *image) {
    for (size_t i = 0; i < program->images.count; i++) {
        const struct loaded_image *loaded = &program->images.items[i];
        const char *install_name = loaded->image->install_name;
        if (strcmp(loaded->file->path, name) == 0 ||
            (install_name != NULL && strcmp(install_name, name) == 0)) {
            *image = i;
            return true;
        }
    }
    return false;
}

bool program_find(const struct program *program, const char *name, size_t *image) {
    if (find_whole(program, name, image))
        return true;
    for (size_t i = 0; i < program->images.count; i++) {
        const struct loaded_image *loaded = &program->images.items[i];
        const char *install_name = loaded->image->install_name;
        if (strcmp(path_leaf(loaded->file->path), name) == 0 ||
            (install_name != NULL && strcmp(path_leaf(install_name), name) == 0)) {
            *image = i;
            return true;
        }
    }
    return false;
}

const struct system_image *program_find_system(const struct program *program, const char *name) {
    for (size_t i = 0; i < program->system.count; i++) {
        const struct system_image *image = &program->system.items[i];
        if (strcmp(image->name, name) == 0 || strcmp(path_leaf(image->name), name) == 0)
            return image;
    }
    return NULL;
}
