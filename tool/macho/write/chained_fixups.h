/* Chained fixups made anew: the chains through the pointers of segments, and the tables that
 * LC_DYLD_CHAINED_FIXUPS places (dyld: include/mach-o/fixup-chains.h). */
#ifndef VAFIT_MACHO_WRITE_CHAINED_FIXUPS_H
#define VAFIT_MACHO_WRITE_CHAINED_FIXUPS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/map.h"
#include "macho/chained_fixups.h"
#include "macho/fixup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A pointer of a segment. */
struct chained_pointer {
    uint64_t offset; /* bytes into the segment */
    bool binds;
    uint64_t target; /* of a rebase: as its format wants it, an address or an offset */
    uint8_t high;    /* of a rebase: the topmost byte of the pointer */
    uint32_t import; /* of a bind: from new_chains_import */
    uint8_t addend;  /* of a bind: added to the import's own */
};

struct chained_starts {
    uint64_t segment_offset; /* bytes from the header in memory */
    uint16_t *pages;     /* where the first pointer of each page is; DYLD_CHAINED_PTR_START_NONE */
    uint32_t page_count; /* 0 for a segment without fixups */
};

struct new_imports {
    struct import *items;
    size_t count;
    size_t capacity;
};

/* Set arena, pointer_format (DYLD_CHAINED_PTR_64 or DYLD_CHAINED_PTR_64_OFFSET), page_size,
 * segments (zeroed, segment_count of them) and zero the rest. Release with new_chains_free; the
 * rest is the arena's. */
struct new_chains {
    struct arena *arena;
    uint16_t pointer_format;
    uint16_t page_size;
    struct chained_starts *segments; /* one for each LC_SEGMENT_64 */
    uint32_t segment_count;
    struct new_imports imports;
    struct map numbers; /* of imports, by what they are */
};

/* The number of that import, which is added unless there is one like it. The symbol is copied. */
uint32_t new_chains_import(struct new_chains *chains, const struct import *import);
/* What the file holds of a segment. */
struct chained_contents {
    uint8_t *data;
    size_t size; /* bytes */
};
/* Writes the pointers, which rise by offset, into the segment's contents and notes where its chains
 * start. Errors: ERROR_MALFORMED for pointers that lie over each other, off multiples of 4, over
 * two pages or past the contents, for a target past 36 bits, and for more than 65535 pages. */
bool new_chains_segment(struct new_chains *chains, uint32_t segment,
                        const struct chained_pointer *pointers, size_t count,
                        struct chained_contents contents, struct error *error);
/* Writes the part. Errors: ERROR_MALFORMED for imports that no format holds. */
bool new_chains_write(const struct new_chains *chains, struct buffer *part, struct error *error);
/* Writes another ordinal into import i of a part that chained_fixups_parse read, in its own format,
 * where `part` are the bytes of a copy. The ordinal is positive and no greater than the old one. */
void chained_import_renumber(const struct chained_fixups *fixups, uint32_t i, int32_t ordinal,
                             uint8_t *part);
void new_chains_free(struct new_chains *chains);

#endif
