/* Page hashes: does an image hold the bytes it was signed with? */
#ifndef VAFIT_REWRITE_PAGE_HASHES_H
#define VAFIT_REWRITE_PAGE_HASHES_H

#include "base/error.h"
#include "base/file.h"
#include "macho/code_signature.h"

#include <stdbool.h>
#include <stdint.h>

/* Hashes every page of the slice at `offset` of the file, up to the directory's code_limit, and
 * holds it against the directory. The first page that differs is added to *errors, without the
 * file's name, as are errors of reading; false when there are any. Works on all processors. */
bool page_hashes_check(const struct file *file, uint64_t offset,
                       const struct code_directory *directory, struct errors *errors);

#endif
