#include "merge/lookup.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

bool merge_follow(const struct merge *merge, const struct definition *definition,
                  struct merged_lookup *found) {
    size_t steps = 0;
    while (definition != NULL && definition_is_reexport(definition)) {
        const struct part *part = &merge->parts[definition->part];
        uint64_t ordinal = definition->offset;
        if (steps++ > merge->part_count || ordinal < 1 || ordinal > part->image->dylibs.count)
            return false;
        size_t target = merge_part_of(merge, part->node->loads[ordinal - 1]);
        const char *imported = definition_imported(definition);
        if (target == NO_PART) {
            *found = (struct merged_lookup){NULL, definition->part, (size_t)ordinal - 1, imported};
            return true;
        }
        definition = definitions_find_in(&merge->definitions, imported, target);
    }
    *found = (struct merged_lookup){.definition = definition};
    return definition != NULL;
}

/* A walk down the parts that a part re-exports. */
struct lookup_walk {
    const struct merge *merge;
    size_t *parts; /* each once, in the order in which they are looked into */
    size_t count;
    bool *seen;      /* one a part */
    bool leads_away; /* one of them re-exports a dylib that is no part */
};

static void add_reexported(struct lookup_walk *walk, size_t number) {
    const struct part *part = &walk->merge->parts[number];
    for (size_t i = 0; i < part->image->dylibs.count; i++) {
        if (!part->image->dylibs.items[i].reexport)
            continue;
        size_t target = merge_part_of(walk->merge, part->node->loads[i]);
        walk->leads_away |= target == NO_PART;
        if (target == NO_PART || walk->seen[target])
            continue;
        walk->seen[target] = true;
        walk->parts[walk->count++] = target;
    }
}

static const struct definition *find_below(struct lookup_walk *walk, const char *name) {
    const struct definition *definition = NULL;
    for (size_t i = 0; definition == NULL && i < walk->count; i++) {
        definition = definitions_find_in(&walk->merge->definitions, name, walk->parts[i]);
        if (definition == NULL)
            add_reexported(walk, walk->parts[i]);
    }
    return definition;
}

/* In which order re-exported dylibs are looked into does not count: a name has one definition in
 * them (export_judge). */
bool merge_lookup(const struct merge *merge, size_t part, const char *name,
                  struct merged_lookup *found) {
    const struct definition *definition = definitions_find_in(&merge->definitions, name, part);
    if (definition != NULL)
        return merge_follow(merge, definition, found);
    struct lookup_walk walk = {.merge = merge};
    walk.parts = memory_zeros(merge->part_count, sizeof *walk.parts);
    walk.seen = memory_zeros(merge->part_count, sizeof *walk.seen);
    walk.parts[walk.count++] = part;
    walk.seen[part] = true;
    definition = find_below(&walk, name);
    *found = (struct merged_lookup){0};
    bool done = definition != NULL ? merge_follow(merge, definition, found) : walk.leads_away;
    free(walk.parts);
    free(walk.seen);
    return done;
}
