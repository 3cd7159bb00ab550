/* Page hashes: does an image hold the bytes it was signed with? rewrite/slice_sign.h makes them. */
#ifndef VAFIT_VERIFY_PAGE_HASHES_H
#define VAFIT_VERIFY_PAGE_HASHES_H

#include "base/error.h"
#include "base/file.h"
#include "macho/code_signature.h"

#include <stdbool.h>
#include <stdint.h>

/* Pages that hold the bytes of an image that was signed before, so that its hashes are theirs. */
struct known_pages {
    const struct code_directory *directory; /* like the new one; NULL: no page */
    uint64_t start;                         /* bytes into the slice */
    uint64_t end;                           /* after the last byte that is the same */
};

/* Hashes every page of the slice at `offset` of the file, up to the directory's code_limit, but for
 * the known ones, and compares the hashes with the directory. The first page that differs is added
 * to *errors, without the file's name, as are errors of reading; false when there are any. Works on
 * all processors. */
bool page_hashes_check(const struct file *file, uint64_t offset,
                       const struct code_directory *directory, const struct known_pages *known,
                       struct errors *errors);

#endif
