#include "merge/group.h"

#include <string.h>

enum { MOST_SECTIONS = 250 /* of parts: the merged image has a few of its own */ };

/* --- circles --- */

/* Marks what `start` loads, directly or not, but for upward links. */
static void reach(const struct image_graph *graph, size_t start, bool *reached, size_t *stack) {
    size_t depth = 0;
    stack[depth++] = start;
    while (depth != 0) {
        const struct graph_node *node = &graph->items[stack[--depth]];
        for (size_t i = 0; i < node->image->dylibs.count; i++)
            if (node->loads[i] != NO_IMAGE && !node->image->dylibs.items[i].upward &&
                !reached[node->loads[i]]) {
                reached[node->loads[i]] = true;
                stack[depth++] = node->loads[i];
            }
    }
}

/* Whether any image loads one whose initialisers run no earlier: only in a circle. */
static bool has_circle(const struct image_graph *graph) {
    for (size_t i = 0; i < graph->count; i++) {
        const struct graph_node *node = &graph->items[i];
        for (size_t j = 0; j < node->image->dylibs.count; j++)
            if (node->loads[j] != NO_IMAGE && !node->image->dylibs.items[j].upward &&
                graph->items[node->loads[j]].init_number >= node->init_number)
                return true;
    }
    return false;
}

/* Images that load each other have no order among what they load. */
static void refuse_circles(struct arena *arena, const struct image_graph *graph,
                           struct merge_needs *needs) {
    size_t *stack = arena_take(arena, (graph->count + 1) * sizeof *stack);
    bool *reached = arena_take(arena, graph->count + 1);
    if (!has_circle(graph))
        return;
    for (size_t i = 0; i < graph->count; i++) {
        memset(reached, 0, graph->count);
        reach(graph, i, reached, stack);
        if (reached[i] && needs[i].reason == NULL)
            needs[i].reason = "loads a dylib that loads it";
    }
}

/* --- ranks --- */

/* How often a path from an image down changes from what is merged to what is not: images of one
 * rank have no path between them that leaves them. */
static size_t rank_of(const struct image_graph *graph, const struct merge_needs *needs,
                      const size_t *ranks, size_t number) {
    const struct graph_node *node = &graph->items[number];
    size_t rank = 0;
    for (size_t i = 0; i < node->image->dylibs.count; i++) {
        size_t load = node->loads[i];
        if (load == NO_IMAGE || node->image->dylibs.items[i].upward)
            continue;
        bool leaves = needs[number].reason != NULL && needs[load].reason == NULL;
        size_t below = ranks[load] + leaves;
        rank = below > rank ? below : rank;
    }
    return rank;
}

/* --- groups --- */

/* A group that still grows. */
struct open_group {
    struct merge_group *group;
    struct merge_needs sum;
};

static uint64_t most_space(const struct image_graph *graph) {
    bool far = graph->items[0].image->architecture->page_size != 4096;
    return far ? UINT64_C(4) << 30 : UINT64_C(2) << 30;
}

static bool has_room(const struct image_graph *graph, const struct open_group *open,
                     const struct merge_needs *needs) {
    return open->group != NULL && open->sum.sections + needs->sections <= MOST_SECTIONS &&
           open->sum.address_space + needs->address_space < most_space(graph) &&
           !(open->sum.has_objective_c && needs->has_objective_c);
}

static void begin_group(struct arena *arena, const struct image_graph *graph,
                        struct merge_groups *groups, struct open_group *open) {
    *open = (struct open_group){.group = vector_push(arena, groups)};
    *open->group = (struct merge_group){
        .nodes = arena_take(arena, (graph->count + 1) * sizeof *open->group->nodes)};
}

static void add_to(struct open_group *open, size_t node, const struct merge_needs *needs) {
    open->group->nodes[open->group->count++] = node;
    open->sum.sections += needs->sections;
    open->sum.address_space += needs->address_space;
    open->sum.has_objective_c |= needs->has_objective_c;
}

static void group_rank(struct arena *arena, const struct image_graph *graph,
                       const struct merge_needs *needs, const size_t *ranks,
                       struct merge_groups *groups, size_t rank) {
    struct open_group open = {0};
    for (size_t i = 0; i < graph->count; i++) {
        size_t node = graph->init_order[i];
        if (needs[node].reason != NULL || ranks[node] != rank)
            continue;
        if (!has_room(graph, &open, &needs[node]))
            begin_group(arena, graph, groups, &open);
        add_to(&open, node, &needs[node]);
    }
}

/* One image is no group. */
static void drop_single(struct merge_groups *groups, struct merge_needs *needs) {
    size_t kept = 0;
    for (size_t i = 0; i < groups->count; i++)
        if (groups->items[i].count == 1)
            needs[groups->items[i].nodes[0]].reason = "has no other image to be merged with";
        else
            groups->items[kept++] = groups->items[i];
    groups->count = kept;
}

void groups_make(struct arena *arena, const struct image_graph *graph, struct merge_needs *needs,
                 struct merge_groups *groups) {
    size_t *ranks = arena_take(arena, (graph->count + 1) * sizeof *ranks), highest = 0;
    *groups = (struct merge_groups){0};
    refuse_circles(arena, graph, needs);
    for (size_t i = 0; i < graph->count; i++) {
        size_t node = graph->init_order[i];
        ranks[node] = rank_of(graph, needs, ranks, node);
        highest = ranks[node] > highest ? ranks[node] : highest;
    }
    for (size_t rank = 0; rank <= highest; rank++)
        group_rank(arena, graph, needs, ranks, groups, rank);
    drop_single(groups, needs);
}
