#include "images/reach.h"

#include <stdint.h>

/* A breadth-first search from the executable and the inserted images. */
struct search_state {
    struct image_list queue;
    size_t *parents; /* of each image; NO_PARENT while it was not reached */
    size_t without;  /* an image that is passed over; NO_PARENT for none */
};

#define NO_PARENT SIZE_MAX

static void reach(struct arena *arena, struct search_state *state, size_t image, size_t parent) {
    if (state->parents[image] != NO_PARENT || image == state->without)
        return;
    state->parents[image] = parent;
    *vector_push(arena, &state->queue) = image;
}

static struct search_state search(struct arena *arena, const struct program *program,
                                  size_t without) {
    size_t count = program->images.count;
    struct search_state state = {.without = without};
    state.parents = arena_take(arena, count * sizeof *state.parents);
    for (size_t i = 0; i < count; i++)
        state.parents[i] = NO_PARENT;
    for (size_t i = 0; i < count; i++)
        if (program->images.items[i].loaded_by == i)
            reach(arena, &state, i, i);
    for (size_t i = 0; i < state.queue.count; i++) {
        size_t image = state.queue.items[i];
        const struct load_edges *loads = &program->images.items[image].loads;
        for (size_t j = 0; j < loads->count; j++)
            reach(arena, &state, loads->items[j].target, image);
    }
    return state;
}

struct image_list reach_shortest_chain(struct arena *arena, const struct program *program,
                                       size_t image) {
    struct search_state state = search(arena, program, NO_PARENT);
    struct image_list backward = {0}, chain = {0};
    *vector_push(arena, &backward) = image;
    while (state.parents[image] != image) {
        image = state.parents[image];
        *vector_push(arena, &backward) = image;
    }
    for (size_t i = backward.count; i-- > 0;)
        *vector_push(arena, &chain) = backward.items[i];
    return chain;
}

struct loaders reach_loaders(struct arena *arena, const struct program *program, size_t image) {
    struct loaders loaders = {0};
    for (size_t i = 0; i < program->images.count; i++) {
        const struct load_edges *loads = &program->images.items[i].loads;
        for (size_t j = 0; j < loads->count; j++)
            if (loads->items[j].target == image)
                *vector_push(arena, &loaders) = (struct loader){i, loads->items[j].use};
    }
    return loaders;
}

struct image_list reach_only_through(struct arena *arena, const struct program *program,
                                     size_t image, uint64_t *bytes) {
    struct search_state state = search(arena, program, image);
    struct image_list lost = {0};
    *bytes = 0;
    for (size_t i = 0; i < program->images.count; i++)
        if (state.parents[i] == NO_PARENT) {
            *vector_push(arena, &lost) = i;
            *bytes += program->images.items[i].image->vm_space;
        }
    return lost;
}
