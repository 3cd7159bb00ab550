/* What tests/dump_macho prints of a slice. */
#ifndef VAFIT_DUMP_MACHO_DUMP_H
#define VAFIT_DUMP_MACHO_DUMP_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/image.h"

#include <stdbool.h>
#include <stdint.h>

/* A part of __LINKEDIT or a section of __TEXT, and what it is about. */
struct dumped {
    const char *name; /* "exports trie", "__unwind_info" */
    uint64_t address; /* unslid, of a section */
    struct bytes bytes;
    struct bytes slice; /* all of the slice's */
    const struct image *image;
};

/* Each prints what a part holds, a line each; false with *error where it cannot be read. */
bool dump_exports(const struct dumped *part, struct error *error);
bool dump_fixups(const struct dumped *part, struct error *error);
bool dump_eh_frame(const struct dumped *part, struct error *error);
bool dump_functions(const struct dumped *part, struct error *error);
bool dump_unwind(const struct dumped *part, struct error *error);

#endif
