/* The opcodes of LC_DYLD_INFO_ONLY made anew: rebases, binds and weak binds (macho/dyld_info.h).
 * None are bound lazily: code hands dyld the place of a lazy bind among the opcodes, so that it
 * could not have another. */
#ifndef VAFIT_MACHO_WRITE_DYLD_INFO_H
#define VAFIT_MACHO_WRITE_DYLD_INFO_H

#include "base/buffer.h"
#include "base/error.h"
#include "macho/write/chained_fixups.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OPCODE_SEGMENTS = 16 /* that opcodes can name */ };

struct opcode_pointer {
    uint64_t offset; /* bytes into the segment */
    uint32_t segment;
    uint32_t import; /* of a bind: its index */
    int64_t addend;  /* of a bind: all of it */
};

struct opcode_pointers {
    struct opcode_pointer *items;
    size_t count;
    size_t capacity;
};

/* Set imports and zero the rest; release with new_opcodes_free. */
struct new_opcodes {
    const struct new_imports *imports; /* of the caller */
    struct opcode_pointers rebases, binds, weak_binds;
    struct strong_names {
        const char **items; /* of the caller */
        size_t count;
        size_t capacity;
    } strong;
};

/* Adds the pointers of a segment, which rise by offset, and writes what rebases lead to into its
 * contents; a bind's import is an index of imports, and is a weak bind with ORDINAL_WEAK. At one
 * offset there may be a weak bind and one other. Segments come in their order. Errors:
 * ERROR_MALFORMED for a pointer past the contents, or a segment that no opcode can name. */
bool new_opcodes_segment(struct new_opcodes *opcodes, uint32_t segment,
                         const struct chained_pointer *pointers, size_t count,
                         struct chained_contents contents, struct error *error);
/* Adds the name of a strong definition that takes the place of weak ones; more than once does no
 * harm. The name stays the caller's. */
void new_opcodes_strong(struct new_opcodes *opcodes, const char *name);

struct opcode_parts {
    struct buffer rebase, bind, weak_bind;
};
/* Writes the parts. Weak binds come in the order of names, by which older dylds go through those of
 * all images side by side (dyld-852: ImageLoaderMachOCompressed.cpp, incrementCoalIterator). */
void new_opcodes_write(struct new_opcodes *opcodes, struct opcode_parts *parts);
void new_opcodes_free(struct new_opcodes *opcodes);

#endif
