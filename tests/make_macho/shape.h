/* What the source files of a made-up program define, and which stabs their linker writes.
 *
 * All files of one shape define the same: groups of definitions, numbered from 0 through all
 * groups. Those that are exported come first. */
#ifndef MAKE_MACHO_SHAPE_H
#define MAKE_MACHO_SHAPE_H

#include "names.h"

#include <stdbool.h>
#include <stddef.h>

enum visibility { VISIBILITY_EXPORTED, VISIBILITY_HIDDEN, VISIBILITY_LOCAL };

struct shape_group {
    enum name_kind kind;
    enum visibility visibility;
    unsigned count;
};

enum { SHAPE_GROUPS = 7 };

struct shape {
    const char *name;
    struct shape_group groups[SHAPE_GROUPS];
    unsigned definitions;  /* of all groups */
    unsigned exportable;   /* those of VISIBILITY_EXPORTED */
    unsigned importable;   /* the first so many of them are asked for by other images */
    unsigned functions;    /* those of NAME_FUNCTION */
    unsigned imports;      /* undefined symbols for each source file */
    unsigned object_stabs; /* N_SO and N_OSO of a file, the closing one among them */
    bool marks_functions;  /* N_BNSYM and N_ENSYM around each function */
    bool
        hides; /* what could be exported and is not is a private external symbol, not a local one */
    bool fits_names; /* lengths of names are those measured, and symbols fill what they may */
};

/* Eight definitions a file, N_BNSYM and N_ENSYM, as ld64 writes them; names as they happen to be.
 */
extern const struct shape shape_simple;
/* Fitted to a component build that was measured (abseil, protobuf and others, clang -O1 -g1,
 * ld64.lld-19): the shares of the parts of __LINKEDIT and of the kinds of symbols, and the lengths
 * of names. tests/large/generated_shares.sh holds it to them. */
extern const struct shape shape_real;

/* The i-th shape's name, NULL after the last. */
const char *shape_name_at(size_t i);
/* `name` is one of those names. */
const struct shape *shape_named(const char *name);

struct definition {
    enum name_kind kind;
    enum visibility visibility;
    unsigned place; /* which of the file's functions, or of its other definitions */
};

struct definition shape_definition(const struct shape *shape, unsigned index);
/* Entries of the debug map of a file whose first `exported` definitions are exported. */
size_t shape_stabs(const struct shape *shape);
/* How many of a component's `exports` names other images may ask for. */
size_t shape_importable(const struct shape *shape, size_t exports);
/* The name of a definition of source file `file`, exported or not. */
void shape_name(const struct shape *shape, struct name *name, const char *component, size_t file,
                unsigned index, bool is_exported);

#endif
