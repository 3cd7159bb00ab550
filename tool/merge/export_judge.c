#include "merge/export_judge.h"

#include "base/memory.h"
#include "base/name_set.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 64 /* from one re-export to the next; more are taken for a circle */ };

/* A dylib whose exports are looked at. */
struct judged_part {
    struct export_judge *judge;
    const struct part *part;
    size_t node;
};

static const char *name_of(const struct judged_part *judged, size_t node, size_t use) {
    return judged->judge->graph->items[node].image->dylibs.items[use].name;
}

static const char *file_of(const struct export_judge *judge, size_t node) {
    return judge->graph->items[node].file->path;
}

/* --- single symbols --- */

/* Follows a re-export of a node to the definition. False for one that a dylib of the graph, to
 * which *lost is set, has from what it re-exports whole, or has not. */
static bool trace(const struct export_judge *judge, size_t node, const struct listed_export *listed,
                  struct export_origin *origin, bool *is_weak, size_t *lost) {
    *origin = (struct export_origin){node, listed->hash};
    *is_weak = listed_export_is_weak(listed);
    for (size_t steps = 0; listed->reexport != 0; steps++) {
        const struct listed_reexport *next =
            &judge->lists[origin->node].reexports.items[listed->reexport - 1];
        const struct graph_node *from = &judge->graph->items[origin->node];
        *lost = origin->node;
        if (steps == MOST_STEPS || next->ordinal < 1 || next->ordinal > from->image->dylibs.count)
            return false;
        size_t use = (size_t)next->ordinal - 1, load = from->loads[use];
        const char *system = from->image->dylibs.items[use].name;
        uint64_t hash = next->hash;
        for (const char *c = system; load == NO_IMAGE && *c != '\0'; c++)
            hash = name_hash_add(hash, (uint8_t)*c);
        *origin = (struct export_origin){load, hash};
        if (load == NO_IMAGE || !judge->lists[load].is_known)
            return true;
        *lost = load;
        listed = export_list_find(&judge->lists[load], next->hash);
        if (listed == NULL)
            return false;
        *is_weak = listed_export_is_weak(listed);
    }
    return true;
}

/* A re-export has one definition everywhere: even a weak one could else give way to another. */
static bool offer(const struct export_judge *judge, size_t node, const struct listed_export *listed,
                  struct offered_export *offered, size_t *lost) {
    *offered = offered_of(&judge->lists[node], listed, node);
    offered->is_elsewhere = listed->reexport != 0;
    return trace(judge, node, listed, &offered->origin, &offered->is_weak, lost);
}

static const char *name_of_export(const struct judged_part *judged,
                                  const struct listed_export *listed) {
    const struct export_list *list = &judged->judge->lists[judged->node];
    return export_list_name(judged->judge->arena, judged->part, (size_t)(listed - list->items));
}

/* --- its own --- */

static const char *judge_own(const struct judged_part *judged, const struct listed_export *listed) {
    struct export_judge *judge = judged->judge;
    struct offered_export offered;
    struct export_collision found;
    size_t lost = judged->node;
    if (!offer(judge, judged->node, listed, &offered, &lost))
        return arena_format(judge->arena, "re-exports %s, which %s does not define",
                            name_of_export(judged, listed), file_of(judge, lost));
    if (!exporters_collide(&judge->exporters, &offered, &found))
        return NULL;
    return arena_format(judge->arena, "exports %s, which %s exports too%s",
                        name_of_export(judged, listed), file_of(judge, found.node),
                        found.is_weak ? ", one of them weakly" : "");
}

static const char *judge_all_own(const struct judged_part *judged) {
    const struct export_list *list = &judged->judge->lists[judged->node];
    const char *reason = NULL;
    if (list->unmerged != 0)
        return arena_format(
            judged->judge->arena, "has resolvers or variants of %s",
            export_list_name(judged->judge->arena, judged->part, list->unmerged - 1));
    for (size_t i = 0; reason == NULL && i < list->count; i++)
        reason = judge_own(judged, &list->items[i]);
    return reason;
}

/* --- those of dylibs that it re-exports --- */

/* Visits what a dylib, which the part re-exports, exports itself. A reason ends it. */
typedef const char *dylib_visitor(void *context, const struct judged_part *judged, size_t dylib);

/* A walk down the dylibs that are re-exported. */
struct reexport_walk {
    const struct judged_part *judged;
    dylib_visitor *visit;
    void *context;
    bool *seen;    /* one a node */
    size_t *stack; /* nodes whose dylibs are to be looked at */
    size_t depth;
};

static const char *enter(struct reexport_walk *walk, size_t node, size_t use) {
    const struct judged_part *judged = walk->judged;
    size_t load = judged->judge->graph->items[node].loads[use];
    if (load == NO_IMAGE || !judged->judge->lists[load].is_known)
        return arena_format(judged->judge->arena, "re-exports %s, whose exports are not known",
                            name_of(judged, node, use));
    if (walk->seen[load])
        return NULL;
    walk->seen[load] = true;
    walk->stack[walk->depth++] = load;
    return walk->visit(walk->context, judged, load);
}

static const char *walk_all(struct reexport_walk *walk) {
    const char *reason = NULL;
    walk->stack[walk->depth++] = walk->judged->node;
    while (reason == NULL && walk->depth != 0) {
        size_t node = walk->stack[--walk->depth];
        const struct dylib_uses *uses = &walk->judged->judge->graph->items[node].image->dylibs;
        for (size_t i = 0; reason == NULL && i < uses->count; i++)
            if (uses->items[i].reexport)
                reason = enter(walk, node, i);
    }
    return reason;
}

static bool reexports_any(const struct judged_part *judged) {
    bool any = false;
    const struct dylib_uses *uses = &judged->judge->graph->items[judged->node].image->dylibs;
    for (size_t i = 0; i < uses->count; i++)
        any |= uses->items[i].reexport;
    return any;
}

static const char *visit_dylibs(const struct judged_part *judged, dylib_visitor *visit,
                                void *context) {
    size_t count = judged->judge->graph->count;
    struct reexport_walk walk = {.judged = judged, .visit = visit, .context = context};
    if (!reexports_any(judged))
        return NULL;
    walk.seen = memory_zeros(count, sizeof *walk.seen);
    walk.stack = memory_zeros(count + 1, sizeof *walk.stack);
    const char *reason = walk_all(&walk);
    free(walk.seen);
    free(walk.stack);
    return reason;
}

/* What the part has of a dylib, where no export of its own stands before it. */
static bool is_visible(const struct judged_part *judged, size_t dylib,
                       const struct listed_export *listed, struct offered_export *offered) {
    struct export_judge *judge = judged->judge;
    size_t lost;
    if (export_list_find(&judge->lists[judged->node], listed->hash) != NULL)
        return false;
    /* Where the definition is not found, the dylib's re-export stands for it. */
    offer(judge, dylib, listed, offered, &lost);
    offered->is_elsewhere |= !offered->is_weak;
    return true;
}

/* The name of an export of a node that need be no part. */
static const char *name_in(const struct export_judge *judge, size_t node, size_t number) {
    struct part part;
    struct error ignored;
    if (!part_read(judge->arena, &judge->graph->items[node], &part, &ignored))
        return "a symbol";
    const char *name = export_list_name(judge->arena, &part, number);
    part_free(&part);
    return name;
}

/* `context`: what was visited of the part already, as exporters. */
static const char *judge_dylib(void *context, const struct judged_part *judged, size_t dylib) {
    struct export_judge *judge = judged->judge;
    const struct export_list *list = &judge->lists[dylib];
    struct offered_export offered;
    struct export_collision found;
    for (size_t i = 0; i < list->count; i++) {
        if (!is_visible(judged, dylib, &list->items[i], &offered))
            continue;
        if (exporters_collide(&judge->exporters, &offered, &found) ||
            exporters_collide(context, &offered, &found))
            return arena_format(judge->arena, "re-exports %s with %s, which %s exports too",
                                file_of(judge, dylib), name_in(judge, dylib, i),
                                file_of(judge, found.node));
        exporters_add(context, &offered, dylib);
    }
    return NULL;
}

static const char *note_dylib(void *context, const struct judged_part *judged, size_t dylib) {
    const struct export_list *list = &judged->judge->lists[dylib];
    struct offered_export offered;
    (void)context;
    for (size_t i = 0; i < list->count; i++)
        if (is_visible(judged, dylib, &list->items[i], &offered))
            exporters_add(&judged->judge->exporters, &offered, dylib);
    return NULL;
}

static const char *judge_dylibs(const struct judged_part *judged) {
    struct exporters visited = {.seed = judged->judge->exporters.seed};
    const char *reason = visit_dylibs(judged, judge_dylib, &visited);
    exporters_free(&visited);
    return reason;
}

/* --- who has a name --- */

/* Nodes that are yet to be asked. */
struct asked_nodes {
    bool *seen; /* one a node */
    size_t *stack;
    size_t depth;
};

static void ask(struct asked_nodes *asked, size_t node) {
    if (!asked->seen[node])
        asked->stack[asked->depth++] = node;
    asked->seen[node] = true;
}

/* Adds what a node re-exports; false where it cannot be asked. */
static bool ask_reexported(const struct export_judge *judge, struct asked_nodes *asked,
                           size_t node) {
    const struct graph_node *from = &judge->graph->items[node];
    for (size_t i = 0; i < from->image->dylibs.count; i++) {
        if (!from->image->dylibs.items[i].reexport)
            continue;
        if (from->loads[i] == NO_IMAGE)
            return false;
        ask(asked, from->loads[i]);
    }
    return true;
}

bool export_judge_has(const struct export_judge *judge, size_t node, uint64_t hash) {
    struct asked_nodes asked = {.depth = 0};
    bool has = !judge->lists[node].is_known || export_list_find(&judge->lists[node], hash) != NULL;
    if (has)
        return true;
    asked.seen = memory_zeros(judge->graph->count, sizeof *asked.seen);
    asked.stack = memory_zeros(judge->graph->count, sizeof *asked.stack);
    ask(&asked, node);
    while (!has && asked.depth != 0) {
        size_t next = asked.stack[--asked.depth];
        has = !judge->lists[next].is_known || export_list_find(&judge->lists[next], hash) != NULL ||
              !ask_reexported(judge, &asked, next);
    }
    free(asked.seen);
    free(asked.stack);
    return has;
}

/* --- all of it --- */

static void note(struct export_judge *judge, size_t node, bool weak) {
    const struct export_list *list = &judge->lists[node];
    struct offered_export offered;
    size_t lost;
    for (size_t i = 0; i < list->count; i++) {
        bool is_weak = list->items[i].reexport == 0 && listed_export_is_weak(&list->items[i]);
        if (is_weak == weak && offer(judge, node, &list->items[i], &offered, &lost))
            exporters_add(&judge->exporters, &offered, node);
    }
}

/* What an image re-exports, in numbers. */
struct reexported_counts {
    const bool *may_merge;
    size_t all, mergeable;
};

static const char *count_dylib(void *context, const struct judged_part *judged, size_t dylib) {
    struct reexported_counts *counts = context;
    (void)judged;
    counts->all++;
    counts->mergeable += counts->may_merge[dylib];
    return NULL;
}

/* A dylib whose exports are not known ends both walks at the same place. */
static void note_reexported(struct export_judge *judge, size_t node, const bool *may_merge) {
    struct judged_part judged = {judge, NULL, node};
    struct reexported_counts counts = {may_merge, 0, 0};
    visit_dylibs(&judged, count_dylib, &counts);
    if (counts.all > 1 && counts.mergeable != 0)
        visit_dylibs(&judged, note_dylib, NULL);
}

void export_judge_begin(struct export_judge *judge, const struct architecture *architecture,
                        const bool *may_merge) {
    for (size_t i = 0; i < judge->graph->count; i++)
        if (judge->graph->items[i].image->architecture == architecture)
            note(judge, i, true);
    for (size_t i = 0; i < judge->graph->count; i++)
        if (judge->graph->items[i].image->architecture == architecture)
            note_reexported(judge, i, may_merge);
}

const char *export_judge_part(struct export_judge *judge, const struct part *part, size_t node) {
    struct judged_part judged = {judge, part, node};
    const char *reason = judge_all_own(&judged);
    if (reason == NULL)
        reason = judge_dylibs(&judged);
    if (reason != NULL)
        return reason;
    note(judge, node, false);
    visit_dylibs(&judged, note_dylib, NULL);
    return NULL;
}

void export_judge_free(struct export_judge *judge) {
    exporters_free(&judge->exporters);
}
