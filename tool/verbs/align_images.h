/* The images that align is asked for. */
#ifndef VAFIT_VERBS_ALIGN_IMAGES_H
#define VAFIT_VERBS_ALIGN_IMAGES_H

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/options.h"

#include <stdbool.h>
#include <stddef.h>

/* An image that an operand names, or that lies below one. */
struct aligned_image {
    const char *path;
    char *real;         /* its one spelling */
    const char *output; /* in the folder of --out-dir; NULL without */
};

/* Zero-initialise it; its paths are in the arena. */
struct aligned_images {
    struct aligned_image *items;
    size_t count;
    size_t capacity;
    struct map met;
};

/* Adds the image that an operand names, or all below the folder that it names, but for those that
 * were met under another name; with `out_dir` (or NULL) each output is met once. A folder around
 * `out_dir` holds that too: what lies there are outputs. Errors: those of image_folder_list. */
bool aligned_images_add(struct arena *arena, const char *operand, const char *out_dir,
                        struct aligned_images *images, struct error *error);
void aligned_images_free(struct aligned_images *images);
/* Whether nothing is written twice: no two images have one output, none is another's output, or its
 * own, and with `unstripped`, as original_path reads it, no two have one original. Errors:
 * ERROR_USAGE, naming both. */
bool aligned_images_are_apart(struct arena *arena, const struct aligned_images *images,
                              const char *unstripped, struct error *error);

#endif
