#include "program/image_graph.h"

#include "base/map.h"

#include <stdio.h>

/* One graph on its way. */
struct graph_builder {
    struct arena *arena;
    struct image_graph *graph;
    struct map nodes; /* "%p" of a slice -> its graph_place */
    bool *visited;    /* one a node */
    size_t ordered;   /* nodes in init_order so far */
};

struct graph_place {
    size_t node;
};

static void slice_key(const struct image_slice *slice, char key[32]) {
    snprintf(key, 32, "%p", (const void *)slice);
}

static size_t place_of(const struct graph_builder *builder, const struct image_slice *slice) {
    char key[32];
    slice_key(slice, key);
    const struct graph_place *place = map_get(&builder->nodes, key);
    return place == NULL ? NO_IMAGE : place->node;
}

static size_t *no_loads(struct arena *arena, size_t count) {
    size_t *loads = arena_take(arena, (count + 1) * sizeof *loads);
    for (size_t i = 0; i < count; i++)
        loads[i] = NO_IMAGE;
    return loads;
}

static void add_node(struct graph_builder *builder, const struct loaded_image *loaded) {
    char key[32];
    struct graph_place *place = arena_take(builder->arena, sizeof *place);
    if (place_of(builder, loaded->slice) != NO_IMAGE)
        return;
    place->node = builder->graph->count;
    slice_key(loaded->slice, key);
    map_put(&builder->nodes, builder->arena, key, place);
    *vector_push(builder->arena, builder->graph) = (struct graph_node){
        .file = loaded->file,
        .slice = loaded->slice,
        .image = loaded->image,
        .loads = no_loads(builder->arena, loaded->image->dylibs.count),
    };
}

static bool is_late(const struct dylib_use *use) {
    return use->delayed || use->command_number == LC_LAZY_LOAD_DYLIB;
}

/* What one image loads in one program. An edge that an earlier program has led elsewhere, or
 * nowhere, makes the image ambiguous. */
static void add_loads(struct graph_builder *builder, const struct program *program, size_t image,
                      bool is_known) {
    const struct loaded_image *loaded = &program->images.items[image];
    struct graph_node *node = &builder->graph->items[place_of(builder, loaded->slice)];
    for (size_t i = 0; i < loaded->loads.count; i++) {
        const struct load_edge *edge = &loaded->loads.items[i];
        size_t target = place_of(builder, program->images.items[edge->target].slice);
        if (edge->use == NULL) {
            builder->graph->items[target].is_root = true;
            continue;
        }
        size_t *load = &node->loads[edge->use - loaded->image->dylibs.items];
        node->is_ambiguous |= is_known && *load != target;
        *load = target;
        builder->graph->items[target].is_late |= is_late(edge->use);
    }
}

static void add_missing(struct graph_builder *builder, const struct program *program) {
    for (size_t i = 0; i < program->missing.count; i++) {
        size_t loader = program->missing.items[i].loaded_by;
        size_t node = place_of(builder, program->images.items[loader].slice);
        builder->graph->items[node].misses_dylib = true;
    }
}

static void add_program(struct graph_builder *builder, const struct program *program) {
    size_t known = builder->graph->count;
    for (size_t i = 0; i < program->images.count; i++)
        add_node(builder, &program->images.items[i]);
    builder->graph->items[place_of(builder, program->images.items[0].slice)].is_root = true;
    for (size_t i = 0; i < program->images.count; i++)
        add_loads(builder, program, i, place_of(builder, program->images.items[i].slice) < known);
    add_missing(builder, program);
}

/* --- the order of initialisers --- */

/* A node whose loads are gone down into. */
struct graph_frame {
    size_t node;
    size_t next; /* of its loads */
};

static bool next_below(struct graph_builder *builder, struct graph_frame *frame, size_t *below) {
    const struct graph_node *node = &builder->graph->items[frame->node];
    while (frame->next < node->image->dylibs.count) {
        size_t i = frame->next++;
        *below = node->loads[i];
        if (*below != NO_IMAGE && !node->image->dylibs.items[i].upward && !builder->visited[*below])
            return true;
    }
    return false;
}

static void order_from(struct graph_builder *builder, size_t root) {
    struct image_graph *graph = builder->graph;
    struct graph_frame *frames = arena_take(builder->arena, graph->count * sizeof *frames);
    size_t depth = 0, below;
    if (builder->visited[root])
        return;
    builder->visited[root] = true;
    frames[depth++] = (struct graph_frame){root, 0};
    while (depth != 0) {
        if (next_below(builder, &frames[depth - 1], &below)) {
            builder->visited[below] = true;
            frames[depth++] = (struct graph_frame){below, 0};
            continue;
        }
        size_t node = frames[--depth].node;
        graph->items[node].init_number = builder->ordered;
        graph->init_order[builder->ordered++] = node;
    }
}

void image_graph_make(struct arena *arena, struct program *const *programs, size_t count,
                      struct image_graph *graph) {
    struct graph_builder builder = {.arena = arena, .graph = graph};
    *graph = (struct image_graph){0};
    for (size_t i = 0; i < count; i++)
        add_program(&builder, programs[i]);
    builder.visited = arena_take(arena, graph->count + 1);
    graph->init_order = arena_take(arena, (graph->count + 1) * sizeof *graph->init_order);
    for (size_t i = 0; i < count; i++)
        order_from(&builder, place_of(&builder, programs[i]->images.items[0].slice));
    for (size_t i = 0; i < graph->count; i++) /* those that only upward links lead to */
        order_from(&builder, i);
    map_free(&builder.nodes);
}

size_t image_graph_find(const struct image_graph *graph, const struct image_slice *slice) {
    for (size_t i = 0; i < graph->count; i++)
        if (graph->items[i].slice == slice)
            return i;
    return NO_IMAGE;
}
