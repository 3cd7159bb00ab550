#include "base/name_set.h"

#include "base/memory.h"

#include <stdlib.h>

uint64_t name_hash(struct bytes name) {
    uint64_t hash = NAME_HASH_START;
    for (size_t i = 0; i < name.size; i++)
        hash = name_hash_add(hash, name.data[i]);
    return hash;
}

uint64_t name_hasher_next(struct name_hasher *hasher, struct bytes name, size_t shared) {
    uint64_t hash = shared == 0 ? NAME_HASH_START : hasher->hashes[shared - 1];
    if (name.size != 0)
        hasher->hashes =
            memory_grow(hasher->hashes, name.size - 1, &hasher->capacity, sizeof *hasher->hashes);
    for (size_t i = shared; i < name.size; i++) {
        hash = name_hash_add(hash, name.data[i]);
        hasher->hashes[i] = hash;
    }
    return hash;
}

void name_hasher_free(struct name_hasher *hasher) {
    free(hasher->hashes);
    *hasher = (struct name_hasher){0};
}

void name_set_add(struct name_set *set, uint64_t hash) {
    set->items = memory_grow(set->items, set->count, &set->capacity, sizeof *set->items);
    set->items[set->count++] = hash;
}

void name_set_add_all(struct name_set *set, const struct name_set *other) {
    for (size_t i = 0; i < other->count; i++)
        name_set_add(set, other->items[i]);
}

static int by_value(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

void name_set_seal(struct name_set *set) {
    size_t kept = 0;
    if (set->count > 1)
        qsort(set->items, set->count, sizeof *set->items, by_value);
    for (size_t i = 0; i < set->count; i++)
        if (kept == 0 || set->items[i] != set->items[kept - 1])
            set->items[kept++] = set->items[i];
    set->count = kept;
}

bool name_set_has(const struct name_set *set, uint64_t hash) {
    return set->count != 0 &&
           bsearch(&hash, set->items, set->count, sizeof *set->items, by_value) != NULL;
}

void name_set_free(struct name_set *set) {
    free(set->items);
    *set = (struct name_set){0};
}
