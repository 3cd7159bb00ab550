/* The architectures of macOS programs. */
#ifndef VAFIT_MACHO_ARCHITECTURE_H
#define VAFIT_MACHO_ARCHITECTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct architecture {
    const char *name;     /* as lipo and clang's -arch spell it */
    uint32_t cpu_type;    /* mach_header cputype */
    uint32_t cpu_subtype; /* mach_header cpusubtype without its capability byte */
    uint32_t page_size;   /* bytes; what segments are mapped in */
    const char *family;   /* "arm64" or "x86_64": what an address-space profile tells apart */
    const char
        *loads[2]; /* names of the slices dyld takes from a dylib, best first; NULL for none */
};

/* NULL for one vafit does not judge: 32-bit ones, arm64_32, PowerPC. The capability bits of the
 * subtype (arm64e's ABI version) are ignored. */
const struct architecture *architecture_of(uint32_t cpu_type, uint32_t cpu_subtype);
const struct architecture *architecture_named(const char *name);
/* Row i of the table; NULL after the last. Rows of one name follow each other. */
const struct architecture *architecture_row(size_t i);
/* The i-th name; NULL after the last. */
const char *architecture_name(size_t i);

#endif
