/* Stretches of a string pool: which of them are equal, and which end like others. */
#ifndef VAFIT_MACHO_WRITE_SUFFIX_MERGE_H
#define VAFIT_MACHO_WRITE_SUFFIX_MERGE_H

#include "base/bytes.h"

#include <stddef.h>
#include <stdint.h>

/* For the number of no stretch, and for no place. */
#define STRING_NONE UINT32_MAX

/* Characters of the pool, without a NUL among them, that a NUL or the end of the pool follows. */
struct pool_string {
    uint32_t index; /* where they begin in the pool, bytes */
    uint32_t size;  /* bytes, without the NUL; at least 1 */
    uint32_t host;  /* the number of a stretch that has the same characters or ends in them; its own
                       for what is to be written */
    union {
        uint32_t tail;   /* at first: the longest other stretch that it ends in, or STRING_NONE */
        uint32_t placed; /* then, of what is written: its index in the new pool, or STRING_NONE */
    };
};

/* Fills `host` and `tail` of all, given index and size; no two overlap. Of equal stretches all have
 * the first as host, and only that has a tail, which is the first of its kind too. Takes up to 12
 * bytes a stretch while it works, and time in proportion to the stretches' bytes whatever they
 * are: hashes of which nobody can know the key find what is equal, and characters are compared
 * before a hash is believed. */
void suffix_merge(struct bytes pool, struct pool_string *strings, size_t count);

#endif
