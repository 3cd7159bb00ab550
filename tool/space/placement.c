#include "space/placement.h"

#include "base/bytes.h"
#include "base/error.h"

#include <stdlib.h>

static void take(struct free_ranges *ranges, uint64_t start, uint64_t size) {
    uint64_t end;
    if (!range_end(start, size, &end))
        end = UINT64_MAX;
    free_ranges_take(ranges, (struct span){start, end});
}

static struct span stack_at(const struct layout *layout, uint64_t slide,
                            struct free_ranges *ranges) {
    uint64_t end = layout->stack_end - slide, elsewhere;
    struct span stack = {end - layout->stack_size, end};
    if (free_ranges_cover(ranges, stack)) {
        free_ranges_take(ranges, stack);
        return stack;
    }
    if (layout->stack_size != 0 && free_ranges_first_fit(ranges, layout->stack_size, &elsewhere))
        return (struct span){elsewhere, elsewhere + layout->stack_size};
    return (struct span){0};
}

/* In the kernel's order: executable and dyld, shared region and commpage, stack (which moves
 * elsewhere when its place is taken). */
void placement_begin(const struct layout *layout, const struct extents *extents,
                     struct free_ranges *ranges, struct placement *placement) {
    uint64_t slide = placement->slide;
    free_ranges_reset(ranges, (struct span){layout->image_base + slide, layout->address_end});
    uint64_t loader = layout->image_base + slide;
    if (extents->has_executable) {
        const struct extent *executable = &extents->items[0];
        take(ranges, executable->address + slide, executable->vm_size);
        loader = executable->address + slide + executable->vm_size;
    }
    take(ranges, loader, layout->loader_size);
    placement->loader = (struct span){loader, loader + layout->loader_size};
    free_ranges_take(ranges, layout->shared_region);
    for (size_t i = 0; i < layout->reserved_count; i++)
        free_ranges_take(ranges, layout->reserved[i]);
    placement->stack = stack_at(layout, slide, ranges);
}

/* One image as dyld places it; UINT64_MAX when there is no room for it. */
static uint64_t load(const struct layout *layout, const struct extent *extent,
                     struct free_ranges *ranges) {
    uint64_t file_size = round_up(extent->file_size, layout->page_size);
    uint64_t vm_size = round_up(extent->vm_size, layout->page_size);
    uint64_t address;
    if (vm_size == 0 || !free_ranges_first_fit_beside(ranges, file_size, vm_size, &address))
        address = UINT64_MAX;
    return address;
}

void placement_at(const struct layout *layout, const struct extents *extents, uint64_t slide,
                  struct free_ranges *ranges, struct placement *placement) {
    *placement = (struct placement){.slide = slide};
    placement->addresses = calloc(extents->count + 1, sizeof *placement->addresses);
    if (placement->addresses == NULL)
        out_of_memory();
    placement_begin(layout, extents, ranges, placement);
    for (size_t i = 0; i < extents->count; i++) {
        const struct extent *extent = &extents->items[i];
        uint64_t address = i == 0 && extents->has_executable ? extent->address + slide
                                                             : load(layout, extent, ranges);
        placement->addresses[i] = address;
        placement->unplaced += address == UINT64_MAX;
    }
    placement_measure(extents, placement);
}

void placement_measure(const struct extents *extents, struct placement *placement) {
    placement->top = 0;
    for (size_t i = 0; i < extents->count; i++) {
        uint64_t end = placement->addresses[i] + extents->items[i].vm_size;
        if (placement->addresses[i] != UINT64_MAX && end > placement->top)
            placement->top = end;
    }
}

void placement_blocks(struct arena *arena, const struct placement *placement,
                      const struct extents *extents, const struct malloc_window *window,
                      struct place_runs *runs) {
    for (size_t i = 0; i < extents->count; i++) {
        uint64_t address = placement->addresses[i];
        if (address != UINT64_MAX)
            place_runs_add(arena, window,
                           (struct span){address, address + extents->items[i].vm_size}, runs);
    }
    place_runs_join(runs);
}

uint64_t placement_slots_hit(const struct placement *placement, const struct extents *extents,
                             const struct malloc_window *window) {
    struct arena scratch = {0};
    struct place_runs runs = {0};
    placement_blocks(&scratch, placement, extents, window, &runs);
    uint64_t hit = place_runs_places(&runs);
    arena_free(&scratch);
    return hit;
}

size_t placement_beyond(const struct placement *placement, const struct extents *extents,
                        uint64_t limit) {
    size_t beyond = 0;
    for (size_t i = 0; i < extents->count; i++) {
        uint64_t address = placement->addresses[i];
        beyond += address == UINT64_MAX || address + extents->items[i].vm_size > limit;
    }
    return beyond;
}
