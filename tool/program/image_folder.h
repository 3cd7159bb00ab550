/* The images below a folder. */
#ifndef VAFIT_PROGRAM_IMAGE_FOLDER_H
#define VAFIT_PROGRAM_IMAGE_FOLDER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"

#include <stdbool.h>

/* Adds the paths of all images below `folder` that vafit rewrites, in the order of their names:
 * regular files that image_file_is_loaded takes. Symbolic links are not followed; originals that
 * vafit keeps, and what its runs have on the way, are left out by their names. In the arena.
 * Errors: ERROR_IO for a folder that cannot be read or holds more than a million entries. */
bool image_folder_list(struct arena *arena, const char *folder, struct string_list *paths,
                       struct error *error);
/* Likewise of its programs alone: those that image_file_has_program takes. */
bool image_folder_programs(struct arena *arena, const char *folder, const char *architecture,
                           struct string_list *paths, struct error *error);

#endif
