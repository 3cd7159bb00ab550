/* A consolidation: which dylibs of programs become which merged images, and what else changes for
 * that. */
#ifndef VAFIT_MERGE_CONSOLIDATION_H
#define VAFIT_MERGE_CONSOLIDATION_H

#include "merge/client.h"
#include "merge/eligible.h"
#include "merge/group.h"
#include "merge/merge.h"

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise it and set the arena; release with consolidation_free. */
struct consolidation {
    struct arena *arena;
    bool names_are_taken; /* of the rules */
    struct image_graph graph;
    struct merge_needs *needs; /* one a node: why it is left alone */
    struct merge *merges;
    size_t merge_count;
    struct merge **merge_of_node; /* one a node; NULL for one that stays */
    struct client *clients;       /* one a node; client->head.size is 0 for one that is none */
};

/* Plans for walked programs, which outlive it. Errors: ERROR_IO and ERROR_MALFORMED, naming the
 * file. */
bool consolidation_plan(struct consolidation *all, struct program *const *programs, size_t count,
                        const struct merge_rules *rules, struct error *error);
void consolidation_free(struct consolidation *all);

#endif
