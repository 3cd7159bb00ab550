#include "base/name_ids.h"

#include "base/error.h"
#include "base/keyed_hash.h"
#include "base/memory.h"
#include "base/seed.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1024 };

static uint64_t hash_of(const struct name_ids *ids, const char *name) {
    return keyed_hash(ids->key, (struct bytes){(const uint8_t *)name, strlen(name)});
}

/* The slot of the name, or the free one where it is to stand. */
static struct name_id_slot *slot_of(const struct name_ids *ids, uint64_t hash, const char *name) {
    size_t mask = ids->slot_count - 1, at = (size_t)hash & mask;
    while (ids->slots[at].id != 0 &&
           (ids->slots[at].hash != hash || strcmp(ids->items[ids->slots[at].id], name) != 0))
        at = (at + 1) & mask;
    return &ids->slots[at];
}

static void grow(struct name_ids *ids) {
    size_t old_count = ids->slot_count;
    struct name_id_slot *old = ids->slots;
    ids->slot_count = old_count == 0 ? FIRST_SLOTS : 2 * old_count;
    ids->slots = memory_zeros(ids->slot_count, sizeof *ids->slots);
    for (size_t i = 0; i < old_count; i++)
        if (old[i].id != 0) {
            size_t mask = ids->slot_count - 1, at = (size_t)old[i].hash & mask;
            while (ids->slots[at].id != 0)
                at = (at + 1) & mask;
            ids->slots[at] = old[i];
        }
    free(old);
}

static void begin(struct name_ids *ids) {
    ids->key = seed();
    *vector_push(&ids->arena, ids) = ""; /* 0 is no id */
}

uint32_t name_ids_add(struct name_ids *ids, const char *name) {
    if (ids->count == 0)
        begin(ids);
    if (2 * ids->count >= ids->slot_count)
        grow(ids);
    uint64_t hash = hash_of(ids, name);
    struct name_id_slot *slot = slot_of(ids, hash, name);
    if (slot->id != 0)
        return slot->id;
    if (ids->count == UINT32_MAX)
        out_of_memory();
    *slot = (struct name_id_slot){hash, (uint32_t)ids->count};
    *vector_push(&ids->arena, ids) = arena_string(&ids->arena, name);
    return slot->id;
}

uint32_t name_ids_find(const struct name_ids *ids, const char *name) {
    return ids->count == 0 ? 0 : slot_of(ids, hash_of(ids, name), name)->id;
}

const char *name_ids_name(const struct name_ids *ids, uint32_t id) {
    return ids->items[id];
}

void name_ids_free(struct name_ids *ids) {
    free(ids->slots);
    arena_free(&ids->arena);
    *ids = (struct name_ids){0};
}
