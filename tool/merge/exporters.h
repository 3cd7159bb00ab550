/* Who exports a name, and which exports cannot be in one image. */
#ifndef VAFIT_MERGE_EXPORTERS_H
#define VAFIT_MERGE_EXPORTERS_H

#include "merge/export_list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a definition is: that of a re-export is another image's. */
struct export_origin {
    size_t node;   /* NO_IMAGE for a system dylib's */
    uint64_t hash; /* of its name there */
};

/* An export of an image, or what it has of a dylib that it re-exports. */
struct offered_export {
    uint64_t hash; /* of the name */
    struct export_origin origin;
    bool is_weak;
    bool coalesces;    /* the image that defines it has MH_WEAK_DEFINES */
    bool is_elsewhere; /* a symbol of another image that nothing else may stand before */
};

/* By the hash of the name: two names of one hash pass for the same, so that at worst a dylib more
 * is left alone. Zero-initialise all but the seed; release with exporters_free. */
struct exporters {
    struct exporter {
        uint64_t hash;   /* 0 for a free place */
        size_t node;     /* the first that exports it */
        uint32_t origin; /* its number + 1 in origins; 0: the node's own definition */
        unsigned kinds;
    } * items; /* a power of two of them, at most half of which are taken */
    size_t count;
    size_t capacity;
    struct export_origins {
        struct export_origin *items;
        size_t count;
        size_t capacity;
    } origins;
    uint64_t seed; /* odd, of seed() */
};

/* Export `listed` of the list as its own image offers it, unless it is a re-export. */
struct offered_export offered_of(const struct export_list *list, const struct listed_export *listed,
                                 size_t node);
void exporters_add(struct exporters *exporters, const struct offered_export *offered, size_t node);

struct export_collision {
    size_t node;  /* that exports it too */
    bool is_weak; /* one of the two is a weak definition */
};
/* Whether what is offered cannot be in one image with what is known. Two strong exports of one name
 * would be one in the merged image. dyld coalesces weak definitions among images that have
 * MH_WEAK_DEFINES: a strong one of another image does not count then (Loader.cpp, resolveSymbol),
 * and would take their place. What leads to one definition does not collide; a re-export collides
 * with every other one. */
bool exporters_collide(const struct exporters *exporters, const struct offered_export *offered,
                       struct export_collision *found);
void exporters_free(struct exporters *exporters);

#endif
