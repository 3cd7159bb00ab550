#include "merge/definitions.h"

#include "base/keyed_hash.h"
#include "base/seed.h"

#include <stdlib.h>
#include <string.h>

bool definition_is_weak(const struct definition *definition) {
    return (definition->flags & EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION) != 0;
}

bool definition_is_reexport(const struct definition *definition) {
    return (definition->flags & EXPORT_SYMBOL_FLAGS_REEXPORT) != 0;
}

const char *definition_imported(const struct definition *definition) {
    return definition->name + strlen(definition->name) + 1;
}

bool definition_is_address(const struct definition *definition) {
    return !definition_is_reexport(definition) &&
           (definition->flags & EXPORT_SYMBOL_FLAGS_KIND_MASK) != EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE;
}

/* One string behind the other. */
static const char *copy_names(struct arena *arena, struct bytes name, struct bytes imported) {
    char *names = arena_take(arena, name.size + imported.size + 2);
    memcpy(names, name.data, name.size);
    memcpy(names + name.size + 1, imported.data, imported.size);
    return names;
}

static void add_export(struct arena *arena, const struct export *export, size_t number,
                       struct definitions *definitions) {
    struct definition *definition = vector_push(arena, definitions);
    bool reexports = (export->flags & EXPORT_SYMBOL_FLAGS_REEXPORT) != 0;
    *definition = (struct definition){
        .name = reexports ? copy_names(arena, export->name,
                                       export->imported.size == 0 ? export->name : export->imported)
                          : arena_copy(arena, (const char *)export->name.data, export->name.size),
        .part = number,
        .flags = export->flags,
        .offset = reexports ? export->ordinal : export->offset,
    };
}

bool definitions_add(struct arena *arena, const struct part *part, size_t number,
                     struct definitions *definitions, struct error *error) {
    struct exports_cursor cursor;
    struct export export;
    *error = (struct error){0};
    exports_trie_start(part_linkedit(part, "exports trie"), &cursor);
    while (exports_trie_next(&cursor, &export, error))
        add_export(arena, &export, number, definitions);
    exports_trie_end(&cursor);
    return error->kind == ERROR_NONE || error_in_file(error, part->node->file->path);
}

/* qsort has no context. */
struct sorted_definition {
    struct definition definition;
    size_t loaded;
};

static int merged_first(const void *left, const void *right) {
    const struct sorted_definition *a = left, *b = right;
    int order = strcmp(a->definition.name, b->definition.name);
    if (order != 0)
        return order;
    if (definition_is_weak(&a->definition) != definition_is_weak(&b->definition))
        return definition_is_weak(&a->definition) ? 1 : -1;
    return a->loaded < b->loaded ? -1 : a->loaded > b->loaded;
}

void definitions_sort(struct definitions *definitions, const size_t *loaded) {
    struct sorted_definition *sorted = malloc((definitions->count + 1) * sizeof *sorted);
    if (sorted == NULL)
        out_of_memory();
    for (size_t i = 0; i < definitions->count; i++)
        sorted[i] =
            (struct sorted_definition){definitions->items[i], loaded[definitions->items[i].part]};
    qsort(sorted, definitions->count, sizeof *sorted, merged_first);
    for (size_t i = 0; i < definitions->count; i++)
        definitions->items[i] = sorted[i].definition;
    free(sorted);
}

/* --- the index --- */

struct definition_slot {
    uint32_t mark;   /* the high half of the hash */
    uint32_t number; /* of the definition, + 1; 0 for a free slot */
};

/* The slot of that name, or the free one where it belongs. *mark is that of the name. */
static struct definition_slot *slot_of(const struct definitions *definitions, const char *name,
                                       uint32_t *mark) {
    struct bytes bytes = {(const uint8_t *)name, strlen(name)};
    uint64_t hash = keyed_hash(definitions->key, bytes);
    size_t mask = definitions->slot_count - 1, at = (size_t)hash & mask;
    *mark = (uint32_t)(hash >> 32);
    for (; definitions->slots[at].number != 0; at = (at + 1) & mask)
        if (definitions->slots[at].mark == *mark &&
            strcmp(definitions->items[definitions->slots[at].number - 1].name, name) == 0)
            break;
    return &definitions->slots[at];
}

void definitions_index(struct arena *arena, struct definitions *definitions) {
    definitions->key = seed();
    definitions->slot_count = 2;
    while (definitions->slot_count < 2 * definitions->count)
        definitions->slot_count *= 2;
    definitions->slots = arena_take(arena, definitions->slot_count * sizeof *definitions->slots);
    for (size_t i = 0; i < definitions->count; i++) {
        uint32_t mark;
        struct definition_slot *slot = slot_of(definitions, definitions->items[i].name, &mark);
        if (slot->number == 0)
            *slot = (struct definition_slot){mark, (uint32_t)i + 1};
    }
}

static const struct definition *find_sorted(const struct definitions *definitions,
                                            const char *name) {
    size_t low = 0, high = definitions->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(definitions->items[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < definitions->count && strcmp(definitions->items[low].name, name) == 0
               ? &definitions->items[low]
               : NULL;
}

const struct definition *definitions_find(const struct definitions *definitions, const char *name) {
    uint32_t mark;
    if (definitions->slots == NULL)
        return find_sorted(definitions, name);
    const struct definition_slot *slot = slot_of(definitions, name, &mark);
    return slot->number == 0 ? NULL : &definitions->items[slot->number - 1];
}

const struct definition *definitions_find_in(const struct definitions *definitions,
                                             const char *name, size_t part) {
    const struct definition *definition = definitions_find(definitions, name);
    const struct definition *end = definitions->items + definitions->count;
    for (; definition != NULL && definition < end && strcmp(definition->name, name) == 0;
         definition++)
        if (definition->part == part)
            return definition;
    return NULL;
}
