/* Sets of names, each kept as the 64-bit hash of it (FNV-1a): eight bytes a name, however long.
 *
 * Two names of one hash pass for the same name. Use a set only where that does no harm, as where a
 * name that is found stays. */
#ifndef VAFIT_BASE_NAME_SET_H
#define VAFIT_BASE_NAME_SET_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The hash of no characters, and that of one more character. */
#define NAME_HASH_START UINT64_C(0xcbf29ce484222325)
static inline uint64_t name_hash_add(uint64_t hash, uint8_t character) {
    return (hash ^ character) * UINT64_C(0x100000001b3);
}

uint64_t name_hash(struct bytes name);

/* Hashes names that come in order, each from where it begins to differ from the one before it, so
 * that long names that begin alike cost nothing. Zero-initialise it; release with name_hasher_free.
 * Memory: eight bytes a character of the longest name. */
struct name_hasher {
    uint64_t *hashes; /* of the last name's beginnings: hashes[i] is that of its first i + 1 */
    size_t capacity;
};

/* `shared`: how many characters the name has in common with the one before it, at most. */
uint64_t name_hasher_next(struct name_hasher *hasher, struct bytes name, size_t shared);
void name_hasher_free(struct name_hasher *hasher);

/* Zero-initialise it; release with name_set_free. */
struct name_set {
    uint64_t *items; /* sorted and each once when the set is sealed */
    size_t count;
    size_t capacity;
};

void name_set_add(struct name_set *set, uint64_t hash);
void name_set_add_all(struct name_set *set, const struct name_set *other);
/* Makes the set ready to be asked; what is added afterwards wants that again. */
void name_set_seal(struct name_set *set);
bool name_set_has(const struct name_set *set, uint64_t hash);
void name_set_free(struct name_set *set);

#endif
