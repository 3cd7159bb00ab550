/* The names of one image: those it asks other images for, and those it offers. */
#ifndef VAFIT_PROGRAM_IMAGE_NAMES_H
#define VAFIT_PROGRAM_IMAGE_NAMES_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/name_set.h"
#include "macho/image.h"
#include "program/image_file.h"

#include <stdbool.h>

/* Zero-initialise it; release with image_names_free. */
struct image_names {
    struct name_set wanted;   /* imported or defined weakly */
    struct name_set exported; /* the other exports, without re-exports */
};

/* Adds the names of an image. Wanted are those that chained fixups, opcodes of all kinds and lazily
 * loaded dylibs name, whatever their ordinal, undefined entries of the symbol table, what
 * re-exports lead to, and weak definitions. `linkedit` is the file contents of __LINKEDIT. Errors:
 * ERROR_MALFORMED for a part that cannot be read, and for names that overlap so much that they are
 * 64 times the size of __LINKEDIT, which bounds the time. */
bool image_names_read(const struct image *image, struct bytes linkedit, struct image_names *names,
                      struct error *error);
void image_names_free(struct image_names *names);

/* Adds to *found those of `exported`, which is sealed, that the C strings of a slice name: as dlsym
 * takes them, without the first underscore, or as NSLookupSymbolInImage does, with it. Reads the
 * sections of S_CSTRING_LITERALS of an open file in windows. Errors: ERROR_IO; ERROR_MALFORMED for
 * sections that hold more than the slice. Neither names the file. */
bool image_names_in_strings(const struct image_file *file, const struct image_slice *slice,
                            const struct name_set *exported, struct name_set *found,
                            struct error *error);

#endif
