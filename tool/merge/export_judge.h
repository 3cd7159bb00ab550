/* Whether the exports of dylibs can be those of one image, with what they re-export of others. */
#ifndef VAFIT_MERGE_EXPORT_JUDGE_H
#define VAFIT_MERGE_EXPORT_JUDGE_H

#include "base/arena.h"
#include "merge/exporters.h"
#include "program/image_graph.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set arena, graph, lists and the seed of exporters; zero the rest. Release with export_judge_free.
 */
struct export_judge {
    struct arena *arena;
    const struct image_graph *graph;
    struct export_list *lists; /* one a node of the graph */
    struct exporters exporters;
};

/* Notes the weak definitions of all images of an architecture, merged or not: dyld coalesces them.
 * Notes too what is found by way of an image that re-exports several dylibs, one of which may be
 * merged (`may_merge`, one a node): the merged image is looked into where that was, and may have no
 * other definition of a name that one of the others has. */
void export_judge_begin(struct export_judge *judge, const struct architecture *architecture,
                        const bool *may_merge);
/* Why the exports of the part, which is node `node`, cannot be in one image with those of the nodes
 * before it, in the arena; NULL when they can, and are noted then.
 *
 * A name leads to the same definition in the merged image as in every part that has it, whether
 * from the part's trie or from a dylib that it re-exports (dyld: Loader.cpp, hasExportedSymbol), so
 * that it does not count in which order the merged image looks. Weak definitions may stand for each
 * other, as where dyld coalesces them. */
const char *export_judge_part(struct export_judge *judge, const struct part *part, size_t node);
/* Whether a node exports the name of that hash, or may have it from a dylib that it re-exports. */
bool export_judge_has(const struct export_judge *judge, size_t node, uint64_t hash);
void export_judge_free(struct export_judge *judge);

#endif
