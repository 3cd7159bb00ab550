/* The CodeDirectories of all slices of a file. */
#ifndef VAFIT_REWRITE_FILE_SIGNATURES_H
#define VAFIT_REWRITE_FILE_SIGNATURES_H

#include "base/arena.h"
#include "base/error.h"
#include "macho/code_signature.h"
#include "program/seal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file_directory {
    const struct architecture *architecture;
    struct code_directory directory;
    uint64_t offset;             /* of the directory, bytes into the file */
    uint8_t cdhash[CDHASH_SIZE]; /* its hash, as codesign and the kernel call it */
};

struct file_signatures {
    struct file_directory *items;
    size_t count;
    size_t capacity;
    bool is_whole;     /* every slice is signed, and one that vafit knows */
    bool has_identity; /* of any slice */
};

/* Reads them from the file at `path`, into the arena. Errors: ERROR_IO, ERROR_MALFORMED, naming
 * it. */
bool file_signatures_read(struct arena *arena, const char *path, struct file_signatures *all,
                          struct error *error);

/* The hash in special slot -`slot` of the directory; NULL where it has no such slot. */
const uint8_t *file_directory_special(const struct file_directory *item, unsigned slot);
/* Where that stands, bytes into the file. */
uint64_t file_directory_special_offset(const struct file_directory *item, unsigned slot);

#endif
