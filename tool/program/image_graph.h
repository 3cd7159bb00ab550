/* Images of several programs as one graph: each image once, whichever programs load it, with what
 * each of its load commands leads to and when its initialisers run. */
#ifndef VAFIT_PROGRAM_IMAGE_GRAPH_H
#define VAFIT_PROGRAM_IMAGE_GRAPH_H

#include "base/arena.h"
#include "program/load_order.h"

#include <stdbool.h>
#include <stddef.h>

/* What a load command leads to that is a system image, or missing. */
#define NO_IMAGE SIZE_MAX

struct graph_node {
    struct image_file *file;
    struct image_slice *slice;
    const struct image *image;
    size_t *loads;      /* one for each of image->dylibs: the node it leads to, or NO_IMAGE */
    bool is_root;       /* an operand, or inserted before its dylibs */
    bool is_ambiguous;  /* one of its load commands leads to other images in other programs */
    bool misses_dylib;  /* one of its dylibs is not found, weak ones among them */
    bool is_late;       /* somebody loads it lazily, or delays its initialisers */
    size_t init_number; /* its place in `init_order` */
};

/* Lives in the arena. */
struct image_graph {
    struct graph_node *items; /* in loading order: of the first program, then what others add */
    size_t count;
    size_t capacity;
    size_t *init_order; /* nodes as their initialisers run: what an image loads before it, but for
                           upward links and in circles (dyld: Loader.cpp,
                           runInitializersBottomUp) */
};

/* The programs are walked, and outlive the graph. */
void image_graph_make(struct arena *arena, struct program *const *programs, size_t count,
                      struct image_graph *graph);
/* The node of a slice; NO_IMAGE when there is none. */
size_t image_graph_find(const struct image_graph *graph, const struct image_slice *slice);

#endif
