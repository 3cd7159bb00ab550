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

/* How the merged image of a part names its pointers. Before macOS 12 not every dyld knows chained
 * fixups: opcodes stay such then. */
enum { NEEDS_CHAINS = 1, NEEDS_OPCODES = 2 };

/* What each image of a graph takes of the limits of a merged one. */
struct merge_needs {
    const char *reason;     /* why it is not merged, in the arena; NULL when it can be */
    uint64_t address_space; /* bytes, with a bound for its share of the new __LINKEDIT */
    const struct architecture *architecture;
    size_t sections;      /* headers at most, when not all get one */
    bool has_objective_c; /* of which a merged image can have one */
    bool has_initialisers;
    unsigned fixup_style; /* NEEDS_..., 0 for a part without */
    size_t segments;      /* that the part has in the merged image */
    bool has_terminators; /* merge/terminators.h says with which parts it can be one image */
    const char *leaf;     /* what the merged image is called, but for a number */
    const char *folder;   /* the real one of the dylib, where the merged image goes */
};

/* A group that somebody asks for. */
struct group_rule {
    const char *leaf;         /* of the merged image's path */
    struct string_list globs; /* of leaf names */
    const char *folder;       /* the real one that the dylibs lie in; NULL for any */
};

struct group_rules {
    struct group_rule *items;
    size_t count;
    size_t capacity;
};

struct merge_rules {
    struct string_list exclude; /* globs of leaf names */
    struct group_rules groups;  /* none: all that can be merged are */
    struct string_list bound;   /* paths of files that programs would not load from another place,
                                   where they are to go to one */
    const char *identity;       /* the command that signs what an identity signed; NULL for none */
    bool names_are_taken;       /* by merged images that exist: they are what is planned */
};

/* Whether the rule is for the dylib at `path`, a real one where the rule has a folder. */
bool group_rule_matches(const struct group_rule *group, const char *path);

/* Judges every image of the graph. `needs` has one for each, zeroed. Errors: ERROR_IO and
 * ERROR_MALFORMED of reading dylibs, naming the file. */
bool eligible_judge(struct arena *arena, const struct image_graph *graph,
                    const struct merge_rules *rules, struct merge_needs *needs,
                    struct error *error);

#endif
