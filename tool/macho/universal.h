/* Universal files: the slices of a file, of which a thin file has one. */
#ifndef VAFIT_MACHO_UNIVERSAL_H
#define VAFIT_MACHO_UNIVERSAL_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/architecture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* dyld takes no more slices than UNIVERSAL_MAX_SLICES (dyld: mach_o/Universal.h); its headers then
 * fit in the first UNIVERSAL_HEAD bytes. */
enum { UNIVERSAL_MAX_SLICES = 16, UNIVERSAL_HEAD = 4096 };

struct slice {
    const struct architecture *architecture; /* NULL for one vafit does not judge */
    uint32_t cpu_type;
    uint32_t cpu_subtype; /* with its capability byte */
    uint64_t offset;      /* bytes from the start of the file */
    uint64_t size;        /* bytes */
    uint32_t align;       /* its offset is a multiple of 1 << align; 0 in a thin file */
};

struct universal {
    bool thin; /* no universal header: one slice, the whole file */
    bool wide; /* the header has 64-bit offsets */
    size_t slice_count;
    struct slice slices[UNIVERSAL_MAX_SLICES]; /* in the order of the header */
};

/* Reads the slices of a file of `file_size` bytes that begins with `head`: its first UNIVERSAL_HEAD
 * bytes, or all of a shorter one. The rules are dyld's Universal::valid (mach_o/Universal.cpp):
 * slices lie in the file, past the header, do not overlap, and no architecture comes twice. Errors:
 * ERROR_MALFORMED naming the field. */
bool universal_parse(struct bytes head, uint64_t file_size, struct universal *universal,
                     struct error *error);

/* Writes a new offset and size of slice i into the bytes of a universal header. Both fit in the
 * fields: 32 bits unless its magic says 64. */
void universal_store(uint8_t *header, size_t i, uint64_t offset, uint64_t size);
/* The bytes of the header with its entries for slices; 0 for a thin file. */
size_t universal_header_size(const struct universal *universal);

/* The slice of that architecture name; NULL when there is none. */
const struct slice *universal_find(const struct universal *universal, const char *architecture);

#endif
