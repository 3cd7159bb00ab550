/* A Mach-O image: what it shall be, and writing it.
 *
 * The image has real load commands, sections, chained fixups, exports, symbols, function starts and
 * signature (its page hashes are left out unless asked for); everything else, code and data among
 * it, is a hole in the file. It keeps all rules that dyld checks, as long as the segments given
 * keep those about segments. Only the first function is real: it returns 0, and is where an
 * executable starts. */
#ifndef MAKE_MACHO_IMAGE_H
#define MAKE_MACHO_IMAGE_H

#include "architecture.h"
#include "symbols.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIBSYSTEM "/usr/lib/libSystem.B.dylib"
#define EXECUTABLE_BASE UINT64_C(0x100000000)

/* As filetype in the header. */
enum image_type {
    IMAGE_EXECUTE = 2,
    IMAGE_DYLIB = 6,
    IMAGE_BUNDLE = 8,
};

enum load_kind {
    LOAD_NORMAL,
    LOAD_WEAK,
    LOAD_REEXPORT,
    LOAD_UPWARD,
    LOAD_LAZY, /* LC_LAZY_LOAD_DYLIB, which dyld knows no more: it has no ordinal */
    LOAD_USE,  /* a dylib_use_command: LC_LOAD_WEAK_DYLIB whose `flags` say how it is linked */
};

enum { USE_WEAK = 0x01 }; /* in `flags`; the other ones are written as they are */

struct load {
    const char *name; /* the install name */
    enum load_kind kind;
    uint32_t flags; /* of LOAD_USE */
    size_t
        exports; /* how many of its symbols are sure to be there; undefined ones come from them */
};

struct segment {
    char name[17];
    uint64_t address; /* unslid */
    uint64_t size;    /* bytes in memory; the same in the file, but for __PAGEZERO */
};

/* All pointers are the caller's. */
struct image {
    const char *path;
    const struct architecture *architecture;
    enum image_type type;
    const char *component;          /* see names.h */
    const char *install_name;       /* of a dylib */
    const struct segment *segments; /* __TEXT first but for __PAGEZERO, __LINKEDIT last */
    size_t segment_count;
    bool fits_linkedit; /* __LINKEDIT becomes as large as its content, whatever its size above */
    const struct load *loads;
    size_t load_count;
    const char *const *rpaths;
    size_t rpath_count;
    struct symbol_request symbols;
    bool misaligned_strings; /* the string pool's offset is 4 more than a multiple of 8 */
    bool has_hashes;         /* the signature has the hashes of pages, where there is one */
    uint64_t seed;           /* makes the UUID, together with the file's name */
};

/* Sizes in bytes of the usual segments; 0 leaves __LINKEDIT to its content. */
struct segment_sizes {
    uint64_t text;
    uint64_t data_const;
    uint64_t data;
    uint64_t linkedit;
};

/* Gives `image` the usual segments of its type, one after the other, sizes rounded up to pages. */
void image_set_segments(struct image *image, struct arena *arena, struct segment_sizes sizes);
/* An upper bound on the bytes of its header and load commands: __TEXT must hold more. */
uint64_t image_header_bound(const struct image *image);

/* Errors: ERROR_USAGE when the parts do not fit where they must, naming the file; ERROR_IO. No file
 * is left after then. */
bool image_write(const struct image *image, struct error *error);

#endif
