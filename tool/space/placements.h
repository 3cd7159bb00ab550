/* Placements: one at each slide that a layout allows, of which a verdict needs two. */
#ifndef VAFIT_SPACE_PLACEMENTS_H
#define VAFIT_SPACE_PLACEMENTS_H

#include "space/placement.h"

#include <stdint.h>

/* Release with placements_free. */
struct placements {
    struct placement unslid; /* slide 0 */
    struct placement worst; /* the greatest top over all slides of the layout; the smallest slide of
                               equal ones. An unplaced image is worse than any top */
};

/* Those that were found last. Zero-initialise it for each list of extents; `known` of the extents
 * leads to it. What systems differ in is where the space begins that has room for all images: then
 * images are as they were, and those in that space are moved with it. Release with
 * known_placements_free. */
struct known_placements {
    const struct layout *layout; /* NULL for none; not owned */
    struct placements placements;
};

/* Places all images for every slide of the layout. */
void placements_over_slides(const struct layout *layout, const struct extents *extents,
                            struct placements *placements);
void placements_free(struct placements *placements);
void known_placements_free(struct known_placements *known);

#endif
