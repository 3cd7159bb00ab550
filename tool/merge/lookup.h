/* What a name leads to that somebody looks up in a part of a merge, as dyld looks: in the part's
 * trie, then in the dylibs that it re-exports (dyld: Loader.cpp, hasExportedSymbol). */
#ifndef VAFIT_MERGE_LOOKUP_H
#define VAFIT_MERGE_LOOKUP_H

#include "merge/merge.h"

#include <stdbool.h>
#include <stddef.h>

struct merged_lookup {
    const struct definition *definition; /* a part's own; else NULL, and */
    size_t part, use;   /* what a part's load command leads to outside the merge has the symbol, */
    const char *symbol; /* by this name; or NULL: some dylib that a part re-exports may have it */
};

/* Follows a re-export of a part; what is none leads to itself. False for one that leads nowhere:
 * export_judge refuses it. */
bool merge_follow(const struct merge *merge, const struct definition *definition,
                  struct merged_lookup *found);
/* False for what cannot be found. */
bool merge_lookup(const struct merge *merge, size_t part, const char *name,
                  struct merged_lookup *found);

#endif
