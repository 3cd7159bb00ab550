/* The fixups of two slices, compared by what they mean. */
#ifndef VAFIT_VERIFY_COMPARE_FIXUPS_H
#define VAFIT_VERIFY_COMPARE_FIXUPS_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/image.h"

/* One part of fixups, and what it is about. */
struct compared_fixups {
    const struct image *image;
    struct bytes part;  /* the opcodes or the chained fixups; may be of no bytes */
    struct bytes slice; /* all bytes of the slice, where the pointers stand */
};

/* Holds the parts named `part`, which fixup_walk_reads, against each other: every fixup, where it
 * is, what it points to and how it is signed, and every import, used or not. The order in which
 * they are listed means nothing. The first differences are added to *errors (see differences.h);
 * what is malformed is reported as the parser does.
 * Memory: none to speak of while both list the same in the same order; from there on 80 bytes for
 * each fixup, and never more than 640 MiB: what is longer has to keep its order. */
void compare_fixups(const char *part, const struct compared_fixups *old,
                    const struct compared_fixups *new, struct errors *errors);

#endif
