/* A walk over the fixups of one part of __LINKEDIT, in whichever of the two ways it lists them. */
#ifndef VAFIT_MACHO_FIXUP_WALK_H
#define VAFIT_MACHO_FIXUP_WALK_H

#include "macho/chained_fixups.h"
#include "macho/dyld_info.h"

/* Must stay where it is while it is in use. */
struct fixup_walk {
    const struct opcode_program *program; /* NULL for chained fixups */
    struct chained_fixups chained;        /* import_count is 0 for opcodes */
    struct chained_fixups_walk chain;
    struct dyld_info_walk opcodes;
};

/* Whether the part of that name ("chained fixups", "lazy bind opcodes") can be walked. */
bool fixup_walk_reads(const char *part);
/* Begins at the first fixup of that part; one of no bytes has none. `slice` is all of the slice's
 * bytes. Errors: those of chained_fixups_parse. */
bool fixup_walk_begin(struct fixup_walk *walk, const char *part, struct bytes bytes,
                      const struct image *image, struct bytes slice, struct error *error);
/* As chained_fixups_next and dyld_info_next. */
bool fixup_walk_next(struct fixup_walk *walk, struct fixup *fixup, struct error *error);

/* Holds a part against all rules that need no contents of the segments. Errors as above. */
bool fixup_part_valid(const char *part, struct bytes bytes, const struct image *image,
                      struct error *error);

#endif
