#include "merge/group.h"

#include "macho/write/dyld_info.h"
#include "merge/reach.h"

#include <string.h>

enum {
    MOST_SECTIONS = 250,                 /* of parts: the merged image has a few of its own */
    MOST_SEGMENTS = OPCODE_SEGMENTS - 2, /* likewise, where opcodes name them: __TEXT and __DATA */
};

/* --- groups --- */

/* Groups that still grow. */
struct open_groups {
    struct open_group {
        struct merge_group group;
        struct merge_needs sum; /* leaf and folder of all, and what they take together */
    } * items;
    size_t count;
    size_t capacity;
};

/* What makes the groups. */
struct group_plan {
    struct arena *arena;
    const struct image_graph *graph;
    const struct merge_needs *needs;
    struct reach reach; /* of nodes; the first of a group stands for the group */
    struct open_groups groups;
};

static uint64_t most_space(const struct merge_needs *needs) {
    bool far = needs->architecture->page_size != 4096;
    return far ? UINT64_C(4) << 30 : UINT64_C(2) << 30;
}

/* Whether terminators would run in another order, or at other launches, than they did. */
static bool ends_otherwise(const struct merge_needs *sum, const struct merge_needs *needs) {
    return needs->has_initialisers ? sum->has_terminators
                                   : needs->has_terminators && sum->has_initialisers;
}

static bool named_otherwise(const struct merge_needs *sum, const struct merge_needs *needs) {
    return (sum->fixup_style | needs->fixup_style) == (NEEDS_CHAINS | NEEDS_OPCODES);
}

/* Parts without fixups take segments too. */
static bool has_segments(const struct merge_needs *sum, const struct merge_needs *needs) {
    bool opcodes = ((sum->fixup_style | needs->fixup_style) & NEEDS_OPCODES) != 0;
    return !opcodes || sum->segments + needs->segments <= MOST_SEGMENTS;
}

static bool has_room(const struct merge_needs *sum, const struct merge_needs *needs) {
    return sum->sections + needs->sections <= MOST_SECTIONS &&
           sum->address_space + needs->address_space < most_space(needs) &&
           !(sum->has_objective_c && needs->has_objective_c) && !ends_otherwise(sum, needs) &&
           !named_otherwise(sum, needs) && has_segments(sum, needs);
}

static bool same_image(const struct merge_needs *sum, const struct merge_needs *needs) {
    return sum->architecture == needs->architecture && strcmp(sum->leaf, needs->leaf) == 0 &&
           strcmp(sum->folder, needs->folder) == 0;
}

static bool leads_down(const struct graph_node *node, size_t use) {
    return node->loads[use] != NO_IMAGE && !node->image->dylibs.items[use].upward;
}

/* --- circles --- */

/* Marks what `start` leads to. */
static void follow(struct group_plan *plan, size_t start, size_t *stack) {
    size_t depth = 0;
    stack[depth++] = start;
    while (depth != 0) {
        const struct graph_node *node = &plan->graph->items[stack[--depth]];
        for (size_t i = 0; i < node->image->dylibs.count; i++)
            if (leads_down(node, i) && !reach_has(&plan->reach, start, node->loads[i])) {
                reach_add(&plan->reach, start, node->loads[i]);
                stack[depth++] = node->loads[i];
            }
    }
}

/* Whether any image loads one whose initialisers run no earlier: only in a circle. */
static bool has_circle(const struct image_graph *graph) {
    for (size_t i = 0; i < graph->count; i++) {
        const struct graph_node *node = &graph->items[i];
        for (size_t j = 0; j < node->image->dylibs.count; j++)
            if (leads_down(node, j) &&
                graph->items[node->loads[j]].init_number >= node->init_number)
                return true;
    }
    return false;
}

/* Images that load each other have no order among what they load. */
static void refuse_circles(struct group_plan *plan, struct merge_needs *needs) {
    size_t count = plan->graph->count;
    size_t *stack = arena_take(plan->arena, (count + 1) * sizeof *stack);
    if (!has_circle(plan->graph))
        return;
    for (size_t i = 0; i < count; i++)
        follow(plan, i, stack);
    for (size_t i = 0; i < count; i++)
        if (reach_has(&plan->reach, i, i) && needs[i].reason == NULL)
            needs[i].reason = "loads a dylib that loads it";
}

/* --- placing --- */

/* Whether a path leads from the node to the group through an image of neither, or back. */
static bool has_detour(const struct group_plan *plan, size_t number, size_t first) {
    const struct graph_node *node = &plan->graph->items[number];
    for (size_t i = 0; i < node->image->dylibs.count; i++)
        if (leads_down(node, i) && reach_has(&plan->reach, node->loads[i], first))
            return true;
    return reach_has(&plan->reach, first, number);
}

static struct open_group *group_for(const struct group_plan *plan, size_t node) {
    const struct merge_needs *needs = &plan->needs[node];
    for (size_t i = 0; i < plan->groups.count; i++) {
        struct open_group *open = &plan->groups.items[i];
        if (same_image(&open->sum, needs) && has_room(&open->sum, needs) &&
            !has_detour(plan, node, open->group.nodes[0]))
            return open;
    }
    return NULL;
}

static void begin_group(struct group_plan *plan, size_t node) {
    struct open_group *open = vector_push(plan->arena, &plan->groups);
    size_t most = plan->graph->count + 1;
    *open = (struct open_group){.sum = plan->needs[node]};
    open->group.nodes = arena_take(plan->arena, most * sizeof *open->group.nodes);
    open->group.nodes[open->group.count++] = node;
}

static void add_to(struct group_plan *plan, struct open_group *open, size_t node) {
    const struct merge_needs *needs = &plan->needs[node];
    reach_join(&plan->reach, node, open->group.nodes[0]);
    open->group.nodes[open->group.count++] = node;
    open->sum.sections += needs->sections;
    open->sum.address_space += needs->address_space;
    open->sum.has_objective_c |= needs->has_objective_c;
    open->sum.fixup_style |= needs->fixup_style;
    open->sum.segments += needs->segments;
    open->sum.has_initialisers |= needs->has_initialisers;
    open->sum.has_terminators |= needs->has_terminators;
}

/* What a node loads has its place before it, but for circles, which refuse_circles has seen to. */
static void place(struct group_plan *plan, size_t number) {
    const struct graph_node *node = &plan->graph->items[number];
    for (size_t i = 0; i < node->image->dylibs.count; i++)
        if (leads_down(node, i))
            reach_add(&plan->reach, number, node->loads[i]);
    if (plan->needs[number].reason != NULL)
        return;
    struct open_group *open = group_for(plan, number);
    if (open == NULL)
        begin_group(plan, number);
    else
        add_to(plan, open, number);
}

static const char *why_apart(const struct merge_needs *sum, const struct merge_needs *needs) {
    if (sum->has_objective_c && needs->has_objective_c)
        return "has metadata of Objective-C, of which an image can have but one dylib's";
    if (named_otherwise(sum, needs))
        return "has opcodes (LC_DYLD_INFO) or chained fixups, others the other, and runs before macOS 12";
    if (!has_segments(sum, needs))
        return "has opcodes (LC_DYLD_INFO), which name 16 segments at most, and runs before macOS 12";
    if (!ends_otherwise(sum, needs))
        return NULL;
    return needs->has_initialisers
               ? "has initialisers, which would run before the terminators of others are noted"
               : "has terminators and no initialisers, and others have some";
}

/* Why an image has found no group. */
static const char *why_alone(const struct group_plan *plan, const struct open_group *alone) {
    const char *reason = NULL;
    for (size_t i = 0; reason == NULL && i < plan->groups.count; i++) {
        const struct open_group *other = &plan->groups.items[i];
        if (other != alone && same_image(&other->sum, &alone->sum))
            reason = why_apart(&other->sum, &alone->sum);
    }
    return reason == NULL ? "has no other image to be merged with" : reason;
}

/* One image is no group. */
static void keep_groups(struct group_plan *plan, struct merge_needs *needs,
                        struct merge_groups *groups) {
    for (size_t i = 0; i < plan->groups.count; i++) {
        const struct merge_group *group = &plan->groups.items[i].group;
        if (group->count == 1)
            needs[group->nodes[0]].reason = why_alone(plan, &plan->groups.items[i]);
        else
            *vector_push(plan->arena, groups) = *group;
    }
}

void groups_make(struct arena *arena, const struct image_graph *graph, struct merge_needs *needs,
                 struct merge_groups *groups) {
    struct group_plan plan = {.arena = arena, .graph = graph, .needs = needs};
    *groups = (struct merge_groups){0};
    reach_make(arena, graph->count, &plan.reach);
    refuse_circles(&plan, needs);
    for (size_t i = 0; i < graph->count; i++)
        place(&plan, graph->init_order[i]);
    keep_groups(&plan, needs, groups);
}
