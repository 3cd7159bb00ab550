/* Suffix merging: which strings of a pool are equal, and which are the end of another. */
#ifndef VAFIT_MACHO_WRITE_SUFFIX_MERGE_H
#define VAFIT_MACHO_WRITE_SUFFIX_MERGE_H

#include "base/bytes.h"

#include <stddef.h>
#include <stdint.h>

/* For no string, and for no place. */
#define STRING_NONE UINT32_MAX

/* A run of characters in the pool that ends at a NUL or at the pool's end. */
struct pool_string {
    uint32_t index; /* where they begin in the pool, bytes */
    uint32_t size;  /* bytes, without the NUL; at least 1 */
    uint32_t host;  /* the number of a string that equals this one or ends in it; its own number if
                       it is to be written */
    union {
        uint32_t tail;   /* at first: the longest other string that it ends in, or STRING_NONE */
        uint32_t placed; /* then, of what is written: its index in the new pool, or STRING_NONE */
    };
};

/* Fills `host` and `tail` of all, given index and size; no two overlap. Equal strings have the
 * first of them as host; only that one has a tail, itself the first of its kind. Takes up to 12
 * bytes a string while it works, and time in proportion to the strings' bytes: a keyed hash finds
 * candidates, bytes confirm them. */
void suffix_merge(struct bytes pool, struct pool_string *strings, size_t count);

#endif
