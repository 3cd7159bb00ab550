/* The processors that images are made for. */
#ifndef MAKE_MACHO_ARCHITECTURE_H
#define MAKE_MACHO_ARCHITECTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct architecture {
    const char *name;
    uint32_t cpu_type; /* as mach_header_64 has them */
    uint32_t cpu_subtype;
    uint32_t page_size;  /* bytes; also of the pages of chained fixups */
    uint32_t page_shift; /* its power of two: the alignment of a universal file's slices */
    bool is_signed;      /* linkers sign what they write for it */
    uint8_t code[8];     /* a function that returns 0 */
    size_t code_size;    /* bytes of it */
};

/* The i-th name; NULL behind the last. */
const char *architecture_name(size_t i);

/* NULL for an unknown name or type. */
const struct architecture *architecture_named(const char *name);
const struct architecture *architecture_of_type(uint32_t cpu_type);

#endif
