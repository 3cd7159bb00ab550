/* Who exports a name, and which exports cannot be in one image. */
#ifndef VAFIT_MERGE_EXPORTERS_H
#define VAFIT_MERGE_EXPORTERS_H

#include "merge/export_list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* By the hash of the name: two names of one hash pass for the same, so that at worst a dylib more
 * is left alone. Zero-initialise all but the seed; release with exporters_free. */
struct exporters {
    struct exporter {
        uint64_t hash; /* 0 for a free place */
        size_t node;   /* the first that exports it */
        unsigned kinds;
    } * items; /* a power of two of them, at most half of which are taken */
    size_t count;
    size_t capacity;
    uint64_t seed; /* odd, of seed() */
};

/* Adds those exports of a node that are weak, or those that are not. */
void exporters_add(struct exporters *exporters, const struct export_list *list, size_t node,
                   bool weak);

struct export_collision {
    size_t number; /* of the export in its list */
    size_t node;   /* that exports it too */
    bool is_weak;  /* one of the two is a weak definition */
};
/* Whether an export of the list cannot be in one image with what is known; *found is the first.
 * Two strong exports of one name would be one in the merged image. dyld coalesces weak definitions
 * among images that have MH_WEAK_DEFINES: a strong one of another image does not count then
 * (Loader.cpp, resolveSymbol), and would take their place. */
bool exporters_collide(const struct exporters *exporters, const struct export_list *list,
                       struct export_collision *found);
void exporters_free(struct exporters *exporters);

#endif
