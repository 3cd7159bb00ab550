#include "space/placements.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static void placement_free(struct placement *placement) {
    free(placement->addresses);
    placement->addresses = NULL;
}

static bool worse(const struct placement *a, const struct placement *b) {
    return a->unplaced != b->unplaced ? a->unplaced > b->unplaced : a->top > b->top;
}

/* The slide after `slide`: multiples of the step, and the greatest last. */
static uint64_t next_slide(const struct layout *layout, uint64_t slide) {
    uint64_t next = slide + layout->slide_step;
    return slide < layout->slide_most && next > layout->slide_most ? layout->slide_most : next;
}

static void place_all(const struct layout *layout, const struct extents *extents,
                      struct placements *placements) {
    struct free_ranges ranges = {0};
    placement_at(layout, extents, 0, &ranges, &placements->unslid);
    placements->worst = placements->unslid;
    for (uint64_t slide = next_slide(layout, 0); slide <= layout->slide_most;
         slide = next_slide(layout, slide)) {
        struct placement placement;
        placement_at(layout, extents, slide, &ranges, &placement);
        if (worse(&placement, &placements->worst)) {
            struct placement better = placements->worst;
            placements->worst = placement;
            placement = better;
        }
        if (placement.addresses != placements->unslid.addresses)
            placement_free(&placement);
    }
    free_ranges_free(&ranges);
}

void placements_free(struct placements *placements) {
    if (placements->worst.addresses != placements->unslid.addresses)
        placement_free(&placements->worst);
    placement_free(&placements->unslid);
}

/* --- as in another layout --- */

/* Two layouts beside each other, at one slide after the other. */
struct layout_pair {
    const struct layout *layouts[2];
    struct free_ranges ranges[2];
    uint64_t wanted;   /* bytes in which all images have room, wherever the others are */
    uint64_t start[2]; /* of the first hole of so many bytes */
    bool is_set;
};

/* An image is placed no further behind all others than its whole file is long. */
static bool room_for_all(const struct layout *layout, const struct extents *extents,
                         uint64_t *room) {
    *room = 0;
    for (size_t i = 0; i < extents->count; i++) {
        const struct extent *extent = &extents->items[i];
        if (!range_end(round_up(extent->file_size, layout->page_size), *room, room) ||
            !range_end(round_up(extent->vm_size, layout->page_size), *room, room))
            return false;
    }
    return true;
}

static size_t first_large(const struct free_ranges *ranges, uint64_t size) {
    size_t at = 0;
    while (at < ranges->count && ranges->items[at].end - ranges->items[at].start < size)
        at++;
    return at;
}

/* Whether the holes are the same but for the start of the first in which all have room, which is
 * behind the executable and where it was at other slides. */
static bool holes_agree(const struct extents *extents, struct layout_pair *pair, uint64_t slide) {
    size_t large[2];
    for (size_t i = 0; i < 2; i++) {
        struct placement placement = {.slide = slide};
        placement_begin(pair->layouts[i], extents, &pair->ranges[i], &placement);
        large[i] = first_large(&pair->ranges[i], pair->wanted);
        if (large[i] == pair->ranges[i].count || large[i] != large[0])
            return false;
        uint64_t start = pair->ranges[i].items[large[i]].start;
        if (placement.loader.start > start || (pair->is_set && start != pair->start[i]))
            return false;
        pair->start[i] = start;
    }
    pair->is_set = true;
    return memcmp(pair->ranges[0].items, pair->ranges[1].items,
                  large[0] * sizeof *pair->ranges[0].items) == 0;
}

static bool layouts_agree(const struct extents *extents, struct layout_pair *pair) {
    const struct layout *a = pair->layouts[0], *b = pair->layouts[1];
    if (a->page_size != b->page_size || a->slide_most != b->slide_most ||
        a->slide_step != b->slide_step || !room_for_all(a, extents, &pair->wanted))
        return false;
    bool agree = holes_agree(extents, pair, 0);
    for (uint64_t slide = next_slide(a, 0); agree && slide <= a->slide_most;
         slide = next_slide(a, slide))
        agree = holes_agree(extents, pair, slide);
    return agree;
}

/* The placement of the first layout as it is in the second. */
static void move_placement(const struct extents *extents, struct layout_pair *pair,
                           const struct placement *from, struct placement *to) {
    *to = (struct placement){.slide = from->slide, .unplaced = from->unplaced};
    placement_begin(pair->layouts[1], extents, &pair->ranges[1], to);
    to->addresses = memory_zeros(extents->count + 1, sizeof *to->addresses);
    for (size_t i = 0; i < extents->count; i++) {
        uint64_t address = from->addresses[i];
        bool is_moved = address >= pair->start[0] && address != UINT64_MAX;
        to->addresses[i] = is_moved ? address - pair->start[0] + pair->start[1] : address;
    }
    placement_measure(extents, to);
}

static void move_all(const struct extents *extents, struct layout_pair *pair,
                     const struct placements *from, struct placements *to) {
    move_placement(extents, pair, &from->unslid, &to->unslid);
    if (from->worst.addresses == from->unslid.addresses)
        to->worst = to->unslid;
    else
        move_placement(extents, pair, &from->worst, &to->worst);
}

static bool place_as_known(const struct layout *layout, const struct extents *extents,
                           struct placements *placements) {
    struct layout_pair pair = {.layouts = {extents->known->layout, layout}};
    bool agree = extents->known->layout != NULL && layouts_agree(extents, &pair);
    if (agree)
        move_all(extents, &pair, &extents->known->placements, placements);
    free_ranges_free(&pair.ranges[0]);
    free_ranges_free(&pair.ranges[1]);
    return agree;
}

static void copy_placement(const struct extents *extents, const struct placement *from,
                           struct placement *to) {
    *to = *from;
    to->addresses = memory_zeros(extents->count + 1, sizeof *to->addresses);
    memcpy(to->addresses, from->addresses, extents->count * sizeof *to->addresses);
}

static void remember(const struct layout *layout, const struct extents *extents,
                     const struct placements *placements) {
    struct known_placements *known = extents->known;
    known_placements_free(known);
    known->layout = layout;
    copy_placement(extents, &placements->unslid, &known->placements.unslid);
    known->placements.worst = known->placements.unslid;
    if (placements->worst.addresses != placements->unslid.addresses)
        copy_placement(extents, &placements->worst, &known->placements.worst);
}

void placements_over_slides(const struct layout *layout, const struct extents *extents,
                            struct placements *placements) {
    if (extents->known != NULL && place_as_known(layout, extents, placements))
        return;
    place_all(layout, extents, placements);
    if (extents->known != NULL)
        remember(layout, extents, placements);
}

void known_placements_free(struct known_placements *known) {
    if (known->layout != NULL)
        placements_free(&known->placements);
    known->layout = NULL;
}
