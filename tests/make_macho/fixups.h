/* Chained fixups: the content of LC_DYLD_CHAINED_FIXUPS, and the pointers it leads to.
 *
 * Pointer format 2 (DYLD_CHAINED_PTR_64) and import format 1 (DYLD_CHAINED_IMPORT). A chain starts
 * with its segment and has a pointer every 8 bytes, starting anew on every page. */
#ifndef MAKE_MACHO_FIXUPS_H
#define MAKE_MACHO_FIXUPS_H

#include "buffer.h"
#include "symbols.h"

#include <stddef.h>
#include <stdint.h>

/* The pointers at the start of one segment: first rebases, to functions 0, 1, 2 ..., then binds, to
 * imports 0, 1, 2 ... */
struct chain {
    size_t segment;   /* index among the load commands, __PAGEZERO included */
    uint64_t address; /* of the segment, unslid */
    size_t rebases;
    size_t binds;
};

struct fixups {
    uint64_t base; /* address of the header */
    size_t segment_count;
    uint32_t page_size; /* bytes */
    struct chain chains[2];
    size_t chain_count;
    const struct symbols *symbols; /* after symbols_place */
};

/* Adds the load command's content, with all imports of `symbols`. */
void fixups_write(const struct fixups *fixups, struct buffer *buffer);
/* Adds what the segment of `chain` starts with. */
void fixups_write_chain(const struct fixups *fixups, const struct chain *chain,
                        struct buffer *buffer);

#endif
