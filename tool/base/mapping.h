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
/* Lets go of its pages: what is read again comes from the file again. */
void mapping_rest(const struct mapping *mapping);

/* Pieces of files in one run of memory, as if they had been read one after the other, each with
 * zeros after it and some bytes of its file before it. */
struct mapped_pieces {
    struct bytes bytes; /* from the start of the first piece to the zeros after the last one */
    void *start;
    size_t size; /* of the pages, bytes */
    size_t used;
};

/* Takes room for `count` pieces of `total` bytes. Release with mapped_pieces_free. Errors:
 * ERROR_IO without a file's name. */
bool mapped_pieces_begin(size_t count, uint64_t total, struct mapped_pieces *joined,
                         struct error *error);
/* Adds a piece; *at is where it begins in joined->bytes. What is said of mapping_make holds. */
bool mapped_pieces_add(struct mapped_pieces *joined, const struct file *file, uint64_t offset,
                       uint64_t size, uint64_t *at, struct error *error);
void mapped_pieces_free(struct mapped_pieces *joined);

#endif
