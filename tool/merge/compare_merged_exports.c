#include "merge/compare_merged_exports.h"

#include "merge/lookup.h"

#include <inttypes.h>
#include <string.h>

struct export_comparison {
    const struct merge *merge;
    const struct part *merged;
    const struct definitions *exports;
    struct differences *differences;
};

/* --- dylibs --- */

/* Whether the merged image asks for a dylib of a part by that name: by that of the part, or for
 * another merged image where one of the parts asks for one that it holds. */
static bool is_name_for(const struct merge *merge, const struct part *part, size_t use,
                        const char *name) {
    size_t node = part->node->loads[use];
    const struct merge *other = node == NO_IMAGE ? NULL : merge->merge_of_node[node];
    if (other == NULL)
        return strcmp(part->image->dylibs.items[use].name, name) == 0;
    for (size_t i = 0; i < merge->part_count; i++)
        if (node_asks_for(merge->parts[i].node, merge->merge_of_node, other, name))
            return true;
    return false;
}

bool merged_ordinal_is(const struct merge *merge, const struct part *merged, int64_t ordinal,
                       const struct part *part, size_t use) {
    const struct dylib_uses *uses = &merged->image->dylibs;
    return ordinal >= 1 && (uint64_t)ordinal <= uses->count &&
           is_name_for(merge, part, use, uses->items[ordinal - 1].name);
}

static bool is_outside(const struct merge *merge, const struct part *part, size_t use) {
    return merge_part_of(merge, part->node->loads[use]) == NO_PART;
}

/* How a load command of the merged image should load what it does. */
static void compare_kind(const struct merge *merge, const struct dylib_use *new,
                         struct differences *differences) {
    bool any = false, reexport = false, weak = true, upward = true;
    for (size_t i = 0; i < merge->part_count; i++) {
        const struct part *part = &merge->parts[i];
        for (size_t j = 0; j < part->image->dylibs.count; j++) {
            const struct dylib_use *use = &part->image->dylibs.items[j];
            if (!is_outside(merge, part, j) || !is_name_for(merge, part, j, new->name))
                continue;
            any = true;
            reexport |= use->reexport;
            weak &= use->weak;
            upward &= use->upward;
        }
    }
    if (!any)
        differences_add(differences, "loads %s, which no part loads", new->name);
    else if (new->reexport != reexport || new->weak != (weak && !reexport) ||
             new->upward != (upward && !weak && !reexport))
        differences_add(differences, "does not load %s as its parts do", new->name);
}

static void compare_use(const struct merge *merge, const struct part *merged,
                        const struct part *part, size_t use, struct differences *differences) {
    size_t times = 0;
    for (size_t i = 0; i < merged->image->dylibs.count; i++)
        times += is_name_for(merge, part, use, merged->image->dylibs.items[i].name);
    if (times != 1)
        differences_add(differences, "%s: what it finds as %s is loaded %zu times, should be once",
                        part->node->file->path, part->image->dylibs.items[use].name, times);
}

void compare_merged_dylibs(const struct merge *merge, const struct part *merged,
                           struct differences *differences) {
    for (size_t i = 0; i < merged->image->dylibs.count; i++)
        compare_kind(merge, &merged->image->dylibs.items[i], differences);
    for (size_t i = 0; i < merge->part_count; i++)
        for (size_t j = 0; j < merge->parts[i].image->dylibs.count; j++)
            if (is_outside(merge, &merge->parts[i], j))
                compare_use(merge, merged, &merge->parts[i], j, differences);
}

/* --- exports --- */

/* Exports are asked for in their order: mostly the one at *next or before it is meant. */
static const struct definition *next_definition(const struct definitions *exports, const char *name,
                                                size_t *next) {
    size_t at = *next;
    if (at != 0 && strcmp(exports->items[at - 1].name, name) == 0)
        return &exports->items[at - 1];
    bool known = at < exports->count && strcmp(exports->items[at].name, name) == 0;
    const struct definition *found = known ? &exports->items[at] : definitions_find(exports, name);
    if (found != NULL)
        *next = (size_t)(found - exports->items) + 1;
    return found;
}

static void compare_own(const struct export_comparison *comparison,
                        const struct definition *definition, const struct definition *was,
                        const struct definition *is) {
    const struct part *part = &comparison->merge->parts[was->part];
    uint64_t value = definition_is_address(was)
                         ? merge_address(part, image_base(part->image) + was->offset)
                         : was->offset;
    if (is->offset != value || is->flags != was->flags)
        differences_add(comparison->differences,
                        "%s: %s is exported at 0x%" PRIx64 ", should be at 0x%" PRIx64,
                        part->node->file->path, definition->name, is->offset, value);
}

static void compare_reexport(const struct export_comparison *comparison,
                             const struct definition *definition, const struct merged_lookup *was,
                             const struct definition *is) {
    const struct part *part = &comparison->merge->parts[was->part];
    if (!definition_is_reexport(is) || is->flags != definition->flags ||
        strcmp(definition_imported(is), was->symbol) != 0 || is->offset > INT32_MAX ||
        !merged_ordinal_is(comparison->merge, comparison->merged, (int64_t)is->offset, part,
                           was->use))
        differences_add(comparison->differences, "%s: %s is not re-exported as %s of %s",
                        part->node->file->path, definition->name, was->symbol,
                        part->image->dylibs.items[was->use].name);
}

/* A strong export is where it was; of weak ones the one that counts. */
static void compare_first(const struct export_comparison *comparison,
                          const struct definition *definition, const struct definition *is) {
    struct merged_lookup was;
    if (!merge_follow(comparison->merge, definition, &was))
        differences_add(comparison->differences, "%s was re-exported from nowhere",
                        definition->name);
    else if (was.definition != NULL)
        compare_own(comparison, definition, was.definition, is);
    else
        compare_reexport(comparison, definition, &was, is);
}

void compare_merged_exports(const struct merge *merge, const struct part *merged,
                            const struct definitions *exports, struct differences *differences) {
    const struct export_comparison comparison = {merge, merged, exports, differences};
    const struct definitions *old = &merge->definitions;
    size_t names = 0, next = 0;
    for (size_t i = 0; i < old->count; i++) {
        const struct definition *definition = &old->items[i];
        const struct definition *is = next_definition(exports, definition->name, &next);
        bool is_first = i == 0 || strcmp(old->items[i - 1].name, definition->name) != 0;
        names += is_first;
        if (is == NULL)
            differences_add(differences, "%s: %s is no longer exported",
                            merge->parts[definition->part].node->file->path, definition->name);
        else if (is_first)
            compare_first(&comparison, definition, is);
    }
    if (exports->count != names)
        differences_add(differences, "%zu exports, should be %zu", exports->count, names);
}
