#include "verbs/align_images.h"

#include "base/file.h"
#include "base/map.h"
#include "base/path.h"
#include "program/image_folder.h"
#include "rewrite/original.h"

#include <string.h>

/* --- which they are --- */

/* A real path has no two slashes in a row, so that these keys differ where one of both does. */
static bool is_met(struct arena *arena, struct aligned_images *images,
                   const struct aligned_image *image) {
    const char *output = image->output == NULL ? "" : image->output;
    const char *key = arena_format(arena, "%s//%s", image->real, output);
    bool met = map_get(&images->met, key) != NULL;
    map_put(&images->met, arena, key, image->real);
    return met;
}

/* `below` is the path from the operand's folder. */
static void add(struct arena *arena, const char *path, const char *below, const char *out_dir,
                struct aligned_images *images) {
    struct aligned_image image = {.path = path, .real = file_real(arena, path)};
    if (out_dir != NULL)
        image.output = path_join(arena, out_dir, below);
    if (!is_met(arena, images, &image))
        *vector_push(arena, images) = image;
}

static bool holds_outputs(struct arena *arena, const char *folder, const char *out_dir) {
    const char *real = file_real(arena, folder), *outputs = file_real(arena, out_dir);
    return strcmp(real, outputs) != 0 && path_is_in(outputs, real);
}

static bool add_folder(struct arena *arena, const char *folder, const char *out_dir,
                       struct aligned_images *images, struct error *error) {
    struct string_list paths = {0};
    size_t prefix = strlen(path_join(arena, folder, "x")) - 1;
    bool holds = out_dir != NULL && holds_outputs(arena, folder, out_dir);
    const char *outputs = holds ? file_real(arena, out_dir) : NULL;
    bool listed = image_folder_list(arena, folder, &paths, error);
    for (size_t i = 0; i < paths.count; i++)
        if (!holds || !path_is_in(file_real(arena, paths.items[i]), outputs))
            add(arena, paths.items[i], paths.items[i] + prefix, out_dir, images);
    return listed;
}

bool aligned_images_add(struct arena *arena, const char *operand, const char *out_dir,
                        struct aligned_images *images, struct error *error) {
    const char *folder = path_followed(arena, operand);
    if (path_look(folder) == PATH_OTHER)
        return add_folder(arena, folder, out_dir, images, error);
    add(arena, operand, path_leaf(operand), out_dir, images);
    return true;
}

void aligned_images_free(struct aligned_images *images) {
    map_free(&images->met);
}

/* --- what they leave --- */

/* What `path` names itself, whatever way leads to its folder. */
static const char *name_of(struct arena *arena, const char *path) {
    return path_join(arena, file_real(arena, path_folder(arena, path)), path_leaf(path));
}

/* The file that is written for the image beside its aligned one, or as it; NULL for none. */
static const char *written_for(struct arena *arena, const struct aligned_image *image,
                               const char *unstripped) {
    if (image->output != NULL)
        return image->output;
    return unstripped == NULL ? NULL : original_path(arena, unstripped, image->real);
}

static bool is_apart(struct arena *arena, struct map *taken, const struct aligned_image *image,
                     const char *written, struct error *error) {
    const char *name = name_of(arena, written);
    const char *other = map_get(taken, name);
    if (other != NULL && strcmp(other, name) == 0)
        return error_usage(error, "%s would be written over %s; use --in-place", image->path,
                           written);
    if (other != NULL)
        return error_usage(error, "%s and %s would both be %s", other, image->path, written);
    map_put(taken, arena, name, arena_string(arena, image->path));
    return true;
}

bool aligned_images_are_apart(struct arena *arena, const struct aligned_images *images,
                              const char *unstripped, struct error *error) {
    struct map taken = {0};
    bool apart = true;
    for (size_t i = 0; i < images->count; i++)
        map_put(&taken, arena, images->items[i].real, images->items[i].real);
    for (size_t i = 0; apart && i < images->count; i++) {
        const char *written = written_for(arena, &images->items[i], unstripped);
        apart = written == NULL || is_apart(arena, &taken, &images->items[i], written, error);
    }
    map_free(&taken);
    return apart;
}
