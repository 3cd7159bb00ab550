#include "program/dominators.h"

#include <stdint.h>

#define UNREACHED SIZE_MAX

/* A breadth-first search from the executable and the inserted images. */
struct search_state {
    struct image_list queue;
    size_t *depths; /* of each image: loaders on the shortest way to it; UNREACHED */
    size_t without; /* an image that is passed over; UNREACHED for none */
};

static void reach(struct arena *arena, struct search_state *state, size_t image, size_t depth) {
    if (state->depths[image] != UNREACHED || image == state->without)
        return;
    state->depths[image] = depth;
    *vector_push(arena, &state->queue) = image;
}

static struct search_state search(struct arena *arena, const struct program *program,
                                  size_t without) {
    size_t count = program->images.count;
    struct search_state state = {.without = without};
    state.depths = arena_take(arena, count * sizeof *state.depths);
    for (size_t i = 0; i < count; i++)
        state.depths[i] = UNREACHED;
    for (size_t i = 0; i < count; i++)
        if (program->images.items[i].loaded_by == i)
            reach(arena, &state, i, 0);
    for (size_t i = 0; i < state.queue.count; i++) {
        size_t image = state.queue.items[i];
        const struct load_edges *loads = &program->images.items[image].loads;
        for (size_t j = 0; j < loads->count; j++)
            reach(arena, &state, loads->items[j].target, state.depths[image] + 1);
    }
    return state;
}

static bool asks_for(const struct loaded_image *loader, size_t image) {
    for (size_t i = 0; i < loader->loads.count; i++)
        if (loader->loads.items[i].target == image)
            return true;
    return false;
}

/* The first image, in loading order, that leads to `image` on a shortest way. */
static size_t loader_before(const struct program *program, const struct search_state *state,
                            size_t image) {
    size_t i = 0;
    while (state->depths[i] == UNREACHED || state->depths[i] + 1 != state->depths[image] ||
           !asks_for(&program->images.items[i], image))
        i++;
    return i;
}

struct image_list dominators_shortest_chain(struct arena *arena, const struct program *program,
                                            size_t image) {
    struct search_state state = search(arena, program, UNREACHED);
    struct image_list chain = {0};
    chain.count = chain.capacity = state.depths[image] + 1;
    chain.items = arena_take(arena, chain.count * sizeof *chain.items);
    for (size_t at = chain.count; at-- > 0;) {
        chain.items[at] = image;
        if (at != 0)
            image = loader_before(program, &state, image);
    }
    return chain;
}

struct loaders dominators_loaders(struct arena *arena, const struct program *program,
                                  size_t image) {
    struct loaders loaders = {0};
    for (size_t i = 0; i < program->images.count; i++) {
        const struct load_edges *loads = &program->images.items[i].loads;
        for (size_t j = 0; j < loads->count; j++)
            if (loads->items[j].target == image)
                *vector_push(arena, &loaders) = (struct loader){i, loads->items[j].use};
    }
    return loaders;
}

struct image_list dominators_only_through(struct arena *arena, const struct program *program,
                                          size_t image, uint64_t *bytes) {
    struct search_state state = search(arena, program, image);
    struct image_list lost = {0};
    *bytes = 0;
    for (size_t i = 0; i < program->images.count; i++)
        if (state.depths[i] == UNREACHED) {
            *vector_push(arena, &lost) = i;
            *bytes += program->images.items[i].image->vm_space;
        }
    return lost;
}
