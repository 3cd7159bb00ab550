#include "map/address_map.h"

#include "base/size.h"

#include <inttypes.h>

static void add_images(struct arena *arena, const struct circumstances *given,
                       struct address_map *map) {
    const struct observed_layout *layout = given->layout;
    for (size_t i = 0; i < layout->own.count; i++) {
        size_t number = layout->own.items[i];
        const struct crash_image *image = &given->report->images.items[number];
        *vector_push(arena, &map->images) = (struct map_image){
            .name = map_name(arena, image->name),
            .span = {image->base, crash_image_end(image)},
            .is_executable = number == layout->executable,
            .is_cut = image->vm_size == 0,
        };
        map->is_cut |= image->vm_size == 0;
    }
}

static void note_cause(struct arena *arena, const struct circumstances *given,
                       struct address_map *map) {
    struct diagnosis diagnosis;
    if (given->report->is_map)
        return;
    diagnosis_make(arena, given, &diagnosis);
    if (diagnosis.cause == CAUSE_UNKNOWN)
        return;
    enum severity severity = diagnosis.is_size == SIZE_IS ? SEVERITY_ERROR : SEVERITY_WARNING;
    address_map_add_note(arena, map, severity,
                         arena_format(arena, "%s %s", map->name, diagnosis.what));
    address_map_add_note(arena, map, severity, diagnosis.why);
}

static void note_places(struct arena *arena, const struct circumstances *given,
                        struct address_map *map) {
    const struct blocked_places *blocked = &given->layout->blocked;
    if (blocked->count != 0)
        address_map_add_note(
            arena, map, SEVERITY_ERROR,
            arena_format(arena,
                         "%zu of %zu images end past %s and block %s%" PRIu64
                         " of the allocator's %" PRIu64 " places (%.2f %%)",
                         map->beyond, map->images.count, size_text_gib(map->limit).text,
                         map->is_cut ? "at least " : "", blocked->count, map->window.slots,
                         100.0 * (double)blocked->count / (double)map->window.slots));
    else if (map->images.count != 0)
        address_map_add_note(arena, map, SEVERITY_PASS,
                             arena_format(arena, "images end at %s%s",
                                          map->is_cut ? "or above " : "",
                                          size_text_gib(map->top).text));
    if (!given->layout->has_all && map->images.count != 0)
        address_map_add_note(arena, map, SEVERITY_WARNING,
                             "the report may have been cut within its images: there may be more");
}

static const char *about(struct arena *arena, const struct circumstances *given,
                         const struct address_map *map) {
    const struct crash_report *report = given->report;
    const char *os = report->os == NULL ? "an unknown system" : map_name(arena, report->os);
    return arena_format(arena, "%s, %s; %zu image%s where they were seen%s",
                        report->is_map ? "memory map" : "crash report",
                        map_shortened(arena, os, 60), map->images.count,
                        map->images.count == 1 ? "" : "s",
                        map->is_cut ? ", of which only __TEXT is known" : "");
}

static struct span page_zero_of(const struct layout *layout, const struct address_map *map) {
    uint64_t end = layout->image_base;
    for (size_t i = 0; i < map->images.count; i++)
        if (map->images.items[i].span.start < end)
            end = map->images.items[i].span.start;
    return (struct span){0, end};
}

/* Addresses of the stack and of dyld differ from process to process, and reports do not tell them.
 */
void address_map_of_report(struct arena *arena, const struct circumstances *circumstances,
                           struct address_map *map) {
    const struct observed_layout *layout = circumstances->layout;
    const struct crash_report *report = circumstances->report;
    *map = (struct address_map){
        .name = report->process == NULL ? "the program" : map_name(arena, report->process),
        .is_observed = true,
        .has_limit = layout->has_limit,
        .limit = layout->limit,
        .blocked = layout->blocked_runs,
    };
    add_images(arena, circumstances, map);
    if (layout->layout != NULL) {
        address_map_add_range(arena, map, MAP_PAGE_ZERO, page_zero_of(layout->layout, map));
        address_map_add_layout(arena, map, layout->layout);
    }
    address_map_finish(arena, map);
    map->about = about(arena, circumstances, map);
    note_cause(arena, circumstances, map);
    note_places(arena, circumstances, map);
}
