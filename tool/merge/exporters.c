#include "merge/exporters.h"

#include "base/memory.h"

#include <stdlib.h>

/* How a name is exported: apart is strongly, by an image without MH_WEAK_DEFINES. */
enum export_kind { EXPORTED_WEAKLY = 1, EXPORTED_STRONGLY = 2, EXPORTED_APART = 4 };

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

static uint64_t hash_of(const struct listed_export *export) {
    return export->hash | 1;
}

static unsigned kinds_of(const struct export_list *list, const struct listed_export *export) {
    if (listed_export_is_weak(export))
        return EXPORTED_WEAKLY;
    return list->coalesces ? EXPORTED_STRONGLY : EXPORTED_STRONGLY | EXPORTED_APART;
}

static void add(struct exporters *exporters, const struct export_list *list,
                const struct listed_export *export, size_t node) {
    if (2 * (exporters->count + 1) > exporters->capacity)
        grow(exporters);
    struct exporter *place = place_of(exporters, hash_of(export));
    exporters->count += place->hash == 0;
    if (place->hash == 0)
        *place = (struct exporter){hash_of(export), node, 0};
    place->kinds |= kinds_of(list, export);
}

void exporters_add(struct exporters *exporters, const struct export_list *list, size_t node,
                   bool weak) {
    for (size_t i = 0; i < list->count; i++)
        if (listed_export_is_weak(&list->items[i]) == weak)
            add(exporters, list, &list->items[i], node);
}

static bool kinds_collide(unsigned kinds, unsigned known) {
    return (kinds & known & EXPORTED_STRONGLY) != 0 ||
           ((kinds & EXPORTED_APART) != 0 && (known & EXPORTED_WEAKLY) != 0);
}

bool exporters_collide(const struct exporters *exporters, const struct export_list *list,
                       struct export_collision *found) {
    for (size_t i = 0; exporters->count != 0 && i < list->count; i++) {
        const struct exporter *known = place_of(exporters, hash_of(&list->items[i]));
        unsigned kinds = kinds_of(list, &list->items[i]);
        if (known->hash == 0 || !kinds_collide(kinds, known->kinds))
            continue;
        *found = (struct export_collision){i, known->node,
                                           ((kinds | known->kinds) & EXPORTED_WEAKLY) != 0};
        return true;
    }
    return false;
}

void exporters_free(struct exporters *exporters) {
    free(exporters->items);
    *exporters = (struct exporters){0};
}
