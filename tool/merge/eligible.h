/* Which images can be merged, and why others cannot. */
#ifndef VAFIT_MERGE_ELIGIBLE_H
#define VAFIT_MERGE_ELIGIBLE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"
#include "merge/part.h"
#include "program/image_graph.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What each image of a graph takes of the limits of a merged one. */
struct merge_needs {
    const char *reason;     /* why it is not merged, in the arena; NULL when it can be */
    uint64_t address_space; /* bytes, with a bound for its share of the new __LINKEDIT */
    size_t sections;        /* headers at most, when not all get one */
    bool has_objective_c;   /* of which a merged image can have one */
};

struct merge_rules {
    struct string_list exclude; /* globs of leaf names */
    struct string_list bound;   /* paths of files that programs would not load from another place,
                                   where they are to go to one */
    const char *identity;       /* the command that signs what an identity signed; NULL for none */
};

/* Judges every image of the graph. `needs` has one for each, zeroed. Errors: ERROR_IO and
 * ERROR_MALFORMED of reading dylibs, naming the file. */
bool eligible_judge(struct arena *arena, const struct image_graph *graph,
                    const struct merge_rules *rules, struct merge_needs *needs,
                    struct error *error);

#endif
