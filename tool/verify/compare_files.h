/* A new image file compared with the original, slice by slice. */
#ifndef VAFIT_VERIFY_COMPARE_FILES_H
#define VAFIT_VERIFY_COMPARE_FILES_H

#include "base/arena.h"
#include "base/error.h"
#include "program/image_file.h"
#include "verify/compare.h"

#include <stdbool.h>

/* Reads the images of all slices of an opened file. Errors: as image_file_parse. */
bool image_file_parse_all(struct arena *arena, struct image_file *file, struct error *error);

/* Compares every slice of `changed` with the slice of that architecture in `original`, by
 * compare_slices, and what no slice holds byte for byte, unless it may be gone. Both are open and
 * their images were read. `proven` tells what of `changed` is known to be the original's at the
 * same place, as a struct atomic_file has it; NULL for nothing. Differences are added to *errors,
 * naming the file `changed`; false when there are any. */
bool compare_files(const struct image_file *original, const struct image_file *changed,
                   const struct losses *losses, const struct file_range *proven,
                   struct errors *errors);

#endif
