/* Where two open files differ. */
#ifndef VAFIT_BASE_FILE_DIFFERENCE_H
#define VAFIT_BASE_FILE_DIFFERENCE_H

#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in a file. */
struct file_place {
    const struct file *file;
    uint64_t offset; /* bytes */
};

struct file_difference {
    bool found;
    uint64_t offset; /* bytes behind the two places */
    uint8_t old;
    uint8_t new;
};

/* The first byte in which two runs of bytes differ; `size` when none does. */
size_t first_difference(const uint8_t *a, const uint8_t *b, size_t size);
/* Reads `size` bytes at both places and finds the first in which they differ. Memory: what stays in
 * a processor's cache. Errors: ERROR_IO. */
bool file_difference_find(const struct file_place *old, const struct file_place *new, uint64_t size,
                          struct file_difference *difference, struct error *error);

#endif
