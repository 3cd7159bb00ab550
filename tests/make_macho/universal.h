/* Universal files: several thin images in one. */
#ifndef MAKE_MACHO_UNIVERSAL_H
#define MAKE_MACHO_UNIVERSAL_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Writes the images at `slices` into a universal file at `path`, in their order, each aligned to
 * its architecture's page; with 64-bit offsets where `is_fat64`. Blocks of zeros stay holes.
 * Errors: ERROR_USAGE for slices beyond 4 GiB without `is_fat64`; ERROR_MALFORMED for a slice that
 * is no thin 64-bit image of a known architecture; ERROR_IO. */
bool universal_write(const char *path, const char *const *slices, size_t slice_count, bool is_fat64,
                     struct error *error);

#endif
