/* Chained fixups: the content of LC_DYLD_CHAINED_FIXUPS, which says where in each page the first
 * pointer to fix is; each pointer says where the next one is (dyld: include/mach-o/fixup-chains.h).
 */
#ifndef VAFIT_MACHO_CHAINED_FIXUPS_H
#define VAFIT_MACHO_CHAINED_FIXUPS_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/fixup.h"
#include "macho/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the bits of a pointer are used. */
struct pointer_format;

/* Views into the part and the image that were given; both outlive it. */
struct chained_fixups {
    struct bytes bytes; /* the whole part */
    const struct image *image;
    uint64_t base;          /* unslid address of the header */
    uint32_t starts_offset; /* of the table of segments, bytes into the part, as are the next two */
    uint32_t imports_offset; /* of the imports */
    uint32_t symbols_offset; /* of their names */
    uint32_t import_count;
    uint32_t import_format;              /* 1 to 3 */
    uint32_t segment_count;              /* of which it knows; not more than the image has */
    const struct pointer_format *format; /* of all pointers; NULL when there is none */
};

/* Reads the part and checks it by dyld's rules (mach_o/ChainedFixups.cpp, validLinkedit;
 * common/MachOAnalyzer.cpp, validChainedFixupsInfo), all of them but what only the segments'
 * contents tell. Import formats 1 to 3; pointer formats 2 and 6, and arm64e's 1, 9 and 12: those
 * of programs of 64 bits. Stricter than dyld where it would read past something: the names of
 * imports end inside the part, a chain begins inside its page and inside what the file holds of the
 * segment. Errors: ERROR_MALFORMED naming "chained fixups FIELD". */
bool chained_fixups_parse(struct bytes bytes, const struct image *image,
                          struct chained_fixups *fixups, struct error *error);

/* Import i of import_count. */
struct import chained_fixups_import(const struct chained_fixups *fixups, uint32_t i);

/* The starts of one segment. */
struct segment_starts {
    struct bytes bytes; /* of dyld_chained_starts_in_segment, from its first to its last byte */
    uint32_t page_count;
    uint32_t page_size; /* bytes */
};

/* A walk over all pointers. Set `fixups` and `slice`, all of the slice's bytes, and zero the rest.
 */
struct chained_fixups_walk {
    const struct chained_fixups *fixups;
    struct bytes slice;
    uint32_t segment;             /* index of the next one */
    struct segment_starts starts; /* of the one before that */
    struct bytes contents;        /* its bytes in the file */
    uint64_t address;             /* its unslid address */
    uint32_t page;                /* index of the next page */
    bool in_chain;                /* a pointer is left in the page before that: */
    uint64_t at;                  /* this one, bytes into the segment */
};

/* Steps to the next pointer: segment by segment in the order of the load commands, in each by
 * rising address. False at the end (error->kind is ERROR_NONE) and for a malformed pointer: its
 * next one leaves its page (the kernel refuses that: osfmk/vm/vm_dyld_pager.c) or what the file
 * holds of the segment, it binds an import that there is not. Errors: ERROR_MALFORMED naming
 * "chained fixups 0xADDRESS (SEGMENT) FIELD". */
bool chained_fixups_next(struct chained_fixups_walk *walk, struct fixup *fixup,
                         struct error *error);

#endif
