/* Inspect: parts of __LINKEDIT by what they say of the image. */
#ifndef VAFIT_VERIFY_VALIDATE_LINKEDIT_H
#define VAFIT_VERIFY_VALIDATE_LINKEDIT_H

#include "base/error.h"
#include "program/image_file.h"

/* Reads the exports trie, function starts and data in code of a slice. What cannot be read is added
 * to *errors, without the file's name; so is the first thing in each of them that lies outside the
 * image's segments (those of exports dyld's ExportsTrie::valid refuses), and the first re-export of
 * a dylib that is not loaded (which dyld finds out at a lookup: dyld/Loader.cpp,
 * hasExportedSymbol). */
void validate_parts(const struct image_file *file, const struct image_slice *slice,
                    struct errors *errors);

#endif
