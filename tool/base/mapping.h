/* Parts of files in memory without reading them first. */
#ifndef VAFIT_BASE_MAPPING_H
#define VAFIT_BASE_MAPPING_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Release with mapping_free. */
struct mapping {
    struct bytes bytes; /* what was asked for */
    void *start;        /* of the pages that hold it; NULL for an empty one */
    size_t size;        /* of those pages, bytes */
};

/* Maps `size` bytes at `offset` of a file for reading; the range lies inside the file as it was
 * opened. A file that is cut short afterwards ends the program with SIGBUS when its bytes are
 * touched: map only files that nobody else writes. Errors: ERROR_IO without the file's name. */
bool mapping_make(const struct file *file, uint64_t offset, uint64_t size, struct mapping *mapping,
                  struct error *error);
void mapping_free(struct mapping *mapping);

#endif
