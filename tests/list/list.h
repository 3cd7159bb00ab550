/* What tests/list prints of a slice. */
#ifndef VAFIT_LIST_LIST_H
#define VAFIT_LIST_LIST_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/image.h"

#include <stdbool.h>

/* A part of __LINKEDIT, and what it is about. */
struct listed {
    const char *name; /* "exports trie" */
    struct bytes bytes;
    struct bytes slice; /* all of the slice's */
    const struct image *image;
};

/* Each prints what a part holds, a line each; false with *error where it cannot be read. */
bool list_exports(const struct listed *part, struct error *error);
bool list_fixups(const struct listed *part, struct error *error);
bool list_functions(const struct listed *part, struct error *error);

#endif
