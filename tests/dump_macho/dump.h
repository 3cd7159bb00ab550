/* What tests/dump_macho prints of a slice. */
#ifndef VAFIT_DUMP_MACHO_DUMP_H
#define VAFIT_DUMP_MACHO_DUMP_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/image.h"

#include <stdbool.h>

/* A part of __LINKEDIT, and what it is about. */
struct dumped {
    const char *name; /* "exports trie" */
    struct bytes bytes;
    struct bytes slice; /* all of the slice's */
    const struct image *image;
};

/* Each prints what a part holds, a line each; false with *error where it cannot be read. */
bool dump_exports(const struct dumped *part, struct error *error);
bool dump_fixups(const struct dumped *part, struct error *error);
bool dump_functions(const struct dumped *part, struct error *error);

#endif
