/* Groups: which images become one.
 *
 * No path leads out of a group and back into it, so that the merged image and what it loads still
 * have an order of initialisers. */
#ifndef VAFIT_MERGE_GROUP_H
#define VAFIT_MERGE_GROUP_H

#include "merge/eligible.h"

struct merge_group {
    size_t *nodes; /* in the order of their initialisers; at least 2 */
    size_t count;
};

struct merge_groups {
    struct merge_group *items;
    size_t count;
    size_t capacity;
};

/* Groups of all images without a reason in `needs`, of one leaf and folder each, within the limits
 * of an image: 4 GiB of address space (2 GiB on x86_64), 255 sections with symbols, Objective-C of
 * one. Each image goes to the first group that has room for it. An image that is left alone gets a
 * reason. Everything lives in the arena. */
void groups_make(struct arena *arena, const struct image_graph *graph, struct merge_needs *needs,
                 struct merge_groups *groups);

#endif
