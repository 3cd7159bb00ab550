/* Which bytes of a string pool are there twice: equal strings, found by their hashes. */
#ifndef VAFIT_MACHO_STRING_REPEATS_H
#define VAFIT_MACHO_STRING_REPEATS_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A count of them. The pool is fed in windows, as for string_owners of macho/symtab.h. Names that
 * end at the same NUL are one string, from where the first of them begins; the null name at index 0
 * and names without characters have none. Equal hashes of 64 bits pass for equal strings. Memory:
 * at most 32 bytes a string. */
enum { STRINGS_WAITING = 32 };
struct string_repeats {
    uint64_t distinct; /* bytes of the strings that differ, with a NUL each */
    uint64_t repeated; /* bytes of those that equal an earlier one, likewise */
    uint64_t seed;
    struct running_hash {
        uint64_t value;
        uint64_t word; /* characters that wait to be eight */
        uint64_t size; /* characters so far */
    } hash;
    struct waiting_string {
        uint64_t hash;
        uint64_t size;          /* bytes, with the NUL */
    } waiting[STRINGS_WAITING]; /* to be looked up, while their places come from memory */
    size_t waiting_count;
    bool inside;     /* of a string that runs on into the next window */
    uint64_t *known; /* a hash table; 0 for a free place */
    size_t count;
    size_t capacity;
};

/* Release with string_repeats_free. */
void string_repeats_begin(struct string_repeats *repeats);
/* Takes the next window: `at` is where it begins in the pool, `starts[i]` is not 0 where a name
 * begins. What is left out between windows is part of no string. */
void string_repeats_feed(struct string_repeats *repeats, uint64_t at, struct bytes window,
                         const uint8_t *starts);
/* To be called after the last window: a string may end with the pool. */
void string_repeats_end(struct string_repeats *repeats);
void string_repeats_free(struct string_repeats *repeats);

#endif
