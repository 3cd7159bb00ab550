#include "merge/exporters.h"

#include "base/memory.h"

#include <stdlib.h>

/* How a name is exported: apart is strongly, by an image without MH_WEAK_DEFINES; several times is
 * by more than one definition. */
enum export_kind {
    EXPORTED_WEAKLY = 1,
    EXPORTED_STRONGLY = 2,
    EXPORTED_APART = 4,
    EXPORTED_ELSEWHERE = 8,
    EXPORTED_SEVERAL_TIMES = 16
};

static struct exporter *place_of(const struct exporters *exporters, uint64_t hash) {
    size_t mask = exporters->capacity - 1;
    size_t at = (size_t)(hash * exporters->seed >> 32) & mask;
    while (exporters->items[at].hash != 0 && exporters->items[at].hash != hash)
        at = (at + 1) & mask;
    return &exporters->items[at];
}

static void grow(struct exporters *exporters) {
    struct exporters old = *exporters;
    exporters->capacity = old.capacity == 0 ? 1024 : 2 * old.capacity;
    exporters->items = memory_zeros(exporters->capacity, sizeof *exporters->items);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.items[i].hash != 0)
            *place_of(exporters, old.items[i].hash) = old.items[i];
    free(old.items);
}

static uint64_t hash_of(const struct offered_export *offered) {
    return offered->hash | 1;
}

static unsigned kinds_of(const struct offered_export *offered) {
    unsigned elsewhere = offered->is_elsewhere ? EXPORTED_ELSEWHERE : 0;
    if (offered->is_weak)
        return elsewhere | EXPORTED_WEAKLY;
    return elsewhere | EXPORTED_STRONGLY | (offered->coalesces ? 0 : EXPORTED_APART);
}

struct offered_export offered_of(const struct export_list *list, const struct listed_export *listed,
                                 size_t node) {
    return (struct offered_export){.hash = listed->hash,
                                   .origin = {node, listed->hash},
                                   .is_weak = listed_export_is_weak(listed),
                                   .coalesces = list->coalesces};
}

static bool leads_to(const struct exporters *exporters, const struct exporter *place,
                     const struct offered_export *offered) {
    if (place->origin == 0)
        return offered->origin.node == place->node && offered->origin.hash == offered->hash;
    const struct export_origin *origin = &exporters->origins.items[place->origin - 1];
    return offered->origin.node == origin->node && offered->origin.hash == origin->hash;
}

static uint32_t add_origin(struct exporters *exporters, const struct offered_export *offered,
                           size_t node) {
    struct export_origins *known = &exporters->origins;
    if (offered->origin.node == node && offered->origin.hash == offered->hash)
        return 0;
    known->items = memory_grow(known->items, known->count, &known->capacity, sizeof *known->items);
    known->items[known->count++] = offered->origin;
    return (uint32_t)known->count;
}

void exporters_add(struct exporters *exporters, const struct offered_export *offered, size_t node) {
    if (2 * (exporters->count + 1) > exporters->capacity)
        grow(exporters);
    struct exporter *place = place_of(exporters, hash_of(offered));
    if (place->hash == 0) {
        *place = (struct exporter){hash_of(offered), node, add_origin(exporters, offered, node), 0};
        exporters->count++;
    } else if (!leads_to(exporters, place, offered)) {
        place->kinds |= EXPORTED_SEVERAL_TIMES;
    }
    place->kinds |= kinds_of(offered);
}

static bool kinds_collide(unsigned kinds, unsigned known) {
    return ((kinds | known) & EXPORTED_ELSEWHERE) != 0 ||
           (kinds & known & EXPORTED_STRONGLY) != 0 ||
           ((kinds & EXPORTED_APART) != 0 && (known & EXPORTED_WEAKLY) != 0);
}

bool exporters_collide(const struct exporters *exporters, const struct offered_export *offered,
                       struct export_collision *found) {
    if (exporters->count == 0)
        return false;
    const struct exporter *known = place_of(exporters, hash_of(offered));
    unsigned kinds = kinds_of(offered);
    bool same = (known->kinds & EXPORTED_SEVERAL_TIMES) == 0 && known->hash != 0 &&
                leads_to(exporters, known, offered);
    if (known->hash == 0 || same || !kinds_collide(kinds, known->kinds))
        return false;
    *found =
        (struct export_collision){known->node, ((kinds | known->kinds) & EXPORTED_WEAKLY) != 0};
    return true;
}

void exporters_free(struct exporters *exporters) {
    free(exporters->items);
    free(exporters->origins.items);
    *exporters = (struct exporters){0};
}
