/* Placement: at which addresses the images of a program end up.
 *
 * The model is that of docs/model.md: the kernel maps the executable, dyld after it, the shared
 * region and the stack; then dyld takes each image in its loading order, maps the whole file for a
 * moment, reserves the image where it first fits, and unmaps the file. It is inferred from Apple's
 * sources and agrees with the published figures; it was never tried on a Mac.
 */
#ifndef VAFIT_SPACE_PLACEMENT_H
#define VAFIT_SPACE_PLACEMENT_H

#include "space/free_ranges.h"
#include "space/place_runs.h"
#include "space/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What placement needs of one image. */
struct extent {
    uint64_t address;   /* unslid; of the executable only, which nothing but the slide moves */
    uint64_t vm_size;   /* bytes of address space from its lowest to its highest end */
    uint64_t file_size; /* bytes of the whole file, all slices */
};

/* Images in loading order. */
struct extents {
    const struct extent *items; /* not owned */
    size_t count;
    bool has_executable; /* items[0] is one: fixed but for the slide; otherwise all are placed
                            freely */
    struct known_placements *known; /* space/placements.h; NULL for none */
};

struct placement {
    uint64_t slide;
    uint64_t top; /* highest end of an image */
    uint64_t
        *addresses;  /* one an image; owned. An image for which there is no room has UINT64_MAX */
    size_t unplaced; /* how many there was no room for */
    struct span loader; /* what is kept for dyld's copy from disk */
    struct span stack;  /* the main stack; empty where there is none, or no room */
};

/* Places all images for one slide. `holes` is scratch that may be reused from call to call. */
void placement_at(const struct layout *layout, const struct extents *extents, uint64_t slide,
                  struct free_ranges *ranges, struct placement *placement);

/* Maps what is there before dyld runs, for placement->slide: sets its loader and stack, and
 * *ranges to what is free then. */
void placement_begin(const struct layout *layout, const struct extents *extents,
                     struct free_ranges *ranges, struct placement *placement);
/* Sets the top of a placement from its addresses. */
void placement_measure(const struct extents *extents, struct placement *placement);

/* Which slots of the window images of the placement are in the way of, in the arena; and how many
 * these are. */
void placement_blocks(struct arena *arena, const struct placement *placement,
                      const struct extents *extents, const struct malloc_window *window,
                      struct place_runs *runs);
uint64_t placement_slots_hit(const struct placement *placement, const struct extents *extents,
                             const struct malloc_window *window);
/* How many images end past `limit`, unplaced ones among them. */
size_t placement_beyond(const struct placement *placement, const struct extents *extents,
                        uint64_t limit);

#endif
