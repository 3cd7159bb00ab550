#include "merge/bind_judge.h"

#include "base/name_set.h"
#include "macho/fixup_walk.h"

#include <string.h>

/* --- weak binds --- */

static struct bytes bytes_of_text(const char *text) {
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static void add_bound(const struct part *part, const char *opcodes, struct name_set *names) {
    struct fixup_walk walk;
    struct fixup fixup;
    struct error ignored;
    if (!part_walk_opcodes(part, opcodes, &walk))
        return;
    while (fixup_walk_next(&walk, &fixup, &ignored))
        if (fixup.kind == FIXUP_BIND || fixup.kind == FIXUP_LAZY_BIND)
            name_set_add(names, name_hash(bytes_of_text(fixup.import.symbol)));
}

static const char *find_unknown(struct arena *arena, const struct part *part,
                                const struct name_set *names) {
    struct fixup_walk walk;
    struct fixup fixup;
    struct error ignored;
    if (!part_walk_opcodes(part, "weak bind opcodes", &walk))
        return NULL;
    while (fixup_walk_next(&walk, &fixup, &ignored))
        if (fixup.kind == FIXUP_WEAK_BIND &&
            !name_set_has(names, name_hash(bytes_of_text(fixup.import.symbol))))
            return arena_format(arena, "binds %s weakly, and neither has nor wants it",
                                fixup.import.symbol);
    return NULL;
}

/* Where no image has what opcodes bind weakly, dyld leaves the pointer as it is; with chained
 * fixups, which a merged image has, it ends the program (Loader.cpp, resolveSymbol). */
static const char *judge_weak_binds(struct arena *arena, const struct part *part,
                                    const struct export_list *own) {
    struct name_set names = {0};
    if (part_linkedit(part, "weak bind opcodes").size == 0 || part_needs_opcodes(part))
        return NULL;
    for (size_t i = 0; i < own->count; i++)
        name_set_add(&names, own->items[i].hash);
    add_bound(part, "bind opcodes", &names);
    add_bound(part, "lazy bind opcodes", &names);
    name_set_seal(&names);
    const char *reason = find_unknown(arena, part, &names);
    name_set_free(&names);
    return reason;
}

/* --- lazy binds --- */

/* A merged image binds at launch what opcodes bind at the first call, so that a symbol must be
 * there that nobody may ever have called. Whether the system has one cannot be seen. */
static const char *judge_lazy_binds(const struct export_judge *judge, const struct part *part,
                                    size_t node) {
    const struct graph_node *from = &judge->graph->items[node];
    struct fixup_walk walk;
    struct fixup fixup;
    struct error ignored;
    if (!part_walk_opcodes(part, "lazy bind opcodes", &walk))
        return NULL;
    while (fixup_walk_next(&walk, &fixup, &ignored)) {
        const struct import *import = &fixup.import;
        size_t load = import->ordinal < 1 ? NO_IMAGE : from->loads[import->ordinal - 1];
        if (load != NO_IMAGE && !import->weak &&
            !export_judge_has(judge, load, name_hash(bytes_of_text(import->symbol))))
            return arena_format(judge->arena, "binds %s at its first call, which %s does not have",
                                import->symbol, judge->graph->items[load].file->path);
    }
    return NULL;
}

const char *bind_judge_part(const struct export_judge *judge, const struct part *part,
                            size_t node) {
    const char *reason = judge_weak_binds(judge->arena, part, &judge->lists[node]);
    return reason != NULL ? reason : judge_lazy_binds(judge, part, node);
}
