/* Inspect: what can be seen of an image by itself that reading it did not tell. */
#ifndef VAFIT_VERIFY_VALIDATE_H
#define VAFIT_VERIFY_VALIDATE_H

#include "base/error.h"
#include "program/image_file.h"

#include <stdbool.h>

/* Inspects every slice of a file that is open and whose images were read: dyld and the kernel
 * refuse nothing of it, each part of __LINKEDIT is aligned, every fixup can be read, the exports
 * trie, function starts and data in code can be read and stay in the image, the signature can be
 * read, and each CodeDirectory in it covers all before it and has the hash of every page. What is
 * found is added to *errors, naming the file; false when there is anything. */
bool validate_file(const struct image_file *file, struct errors *errors);

/* As validate_file, but looks at the signatures alone: whether they can be read, cover all before
 * them and have the hash of every page. */
bool validate_signatures(const struct image_file *file, struct errors *errors);

#endif
