/* A __LINKEDIT taken apart: how many of its bytes each level of shrinking could free. */
#ifndef VAFIT_PROGRAM_LINKEDIT_SIZES_H
#define VAFIT_PROGRAM_LINKEDIT_SIZES_H

#include "base/error.h"
#include "base/file.h"
#include "macho/image.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes. They add up to the vmsize of __LINKEDIT. */
struct linkedit_sizes {
    bool exact; /* the symbol table was read; otherwise debug_map and local_symbols are not known,
                   and stand as 0 inside symbols and strings */
    uint64_t fixups;
    uint64_t exports;
    uint64_t symbols;       /* nlist entries of external symbols */
    uint64_t strings;       /* the names that external symbols use */
    uint64_t debug_map;     /* N_STAB entries, and the strings that nothing else uses */
    uint64_t local_symbols; /* local symbols, and the strings that no external symbol uses */
    uint64_t signature;
    uint64_t
        other; /* everything else: function starts, the indirect table, padding, unused strings */
    bool has_lossless; /* the two that follow are known; they are no parts */
    uint64_t lossless; /* bytes that the level lossless frees at least: equal strings, what no
                          symbol uses, gaps. What it frees beyond that, by strings that end others,
                          a smaller trie and a shorter signature, is not counted */
    uint64_t repeated; /* of these the strings that equal another one, with their NULs */
};

/* From the load commands alone. */
void linkedit_sizes_from_image(const struct image *image, struct linkedit_sizes *linkedit_sizes);
/* Exactly, by reading the symbol table and those parts of the string pool that symbols use, piece
 * by piece: about 1 MiB of memory whatever their size, and for a pool in an order quite unlike the
 * table's up to 128 MiB. `slice_offset` is where the image begins in the
 * file, bytes. Threads may work on different files at once. Errors: ERROR_IO; ERROR_MALFORMED for a
 * symbol whose name begins past the string pool. */
bool linkedit_sizes_read(const struct file *file, uint64_t slice_offset, const struct image *image,
                         struct linkedit_sizes *linkedit_sizes, struct error *error);
/* Likewise, with `lossless` and `repeated`: up to 32 bytes of memory a symbol more, and each name
 * is hashed. */
bool linkedit_sizes_read_all(const struct file *file, uint64_t slice_offset,
                             const struct image *image, struct linkedit_sizes *linkedit_sizes,
                             struct error *error);

#endif
