#include "crash/prediction.h"

#include "base/map.h"
#include "base/path.h"
#include "program/measure.h"
#include "space/placement.h"

#include <stdlib.h>
#include <string.h>

bool prediction_is_of(const struct crash_report *report, const struct program *program) {
    bool is_x86_64 =
        report->is_translated || (report->cpu != NULL && strncmp(report->cpu, "X86", 3) == 0);
    return is_x86_64 == (strcmp(program->architecture->family, "x86_64") == 0);
}

/* --- which image is which --- */

static enum same_build same_build(const struct image *image, bool has_uuid, const uint8_t *uuid) {
    if (!image->has_uuid || !has_uuid)
        return BUILD_UNKNOWN;
    return memcmp(image->uuid, uuid, sizeof image->uuid) == 0 ? BUILD_SAME : BUILD_OTHER;
}

/* The report's images by name; the first of a name. Values are one more than the index. */
static void map_names(struct arena *arena, const struct crash_report *report, struct map *names) {
    for (size_t i = 0; i < report->images.count; i++) {
        const char *name = report->images.items[i].name;
        if (name[0] == '\0' || map_get(names, name) != NULL)
            continue;
        size_t *place = arena_take(arena, sizeof *place);
        *place = i;
        map_put(names, arena, name, place);
    }
}

static void match(struct arena *arena, const struct crash_report *report,
                  struct prediction *prediction) {
    struct map names = {0};
    map_names(arena, report, &names);
    for (size_t i = 0; i < prediction->count; i++) {
        struct predicted_image *predicted = &prediction->items[i];
        const struct loaded_image *loaded = &prediction->program->images.items[i];
        predicted->name = path_leaf(loaded->file->path);
        const size_t *place = map_get(&names, predicted->name);
        predicted->observed = place == NULL ? NO_CRASH_IMAGE : *place;
        if (place == NULL)
            continue;
        struct crash_image *image = &report->images.items[*place];
        predicted->build = same_build(loaded->image, image->has_uuid, image->uuid);
        if (predicted->build == BUILD_SAME)
            image->vm_size = loaded->image->vm_space;
        prediction->others += i != 0 && predicted->build == BUILD_OTHER;
    }
    map_free(&names);
}

/* By the header of the report, or by its image of that name. */
static enum same_build build_of(const struct crash_report *report,
                                const struct prediction *prediction) {
    const struct image *image = prediction->program->images.items[0].image;
    enum same_build build = same_build(image, report->has_uuid, report->uuid);
    return build == BUILD_UNKNOWN ? prediction->items[0].build : build;
}

/* --- where each was to lie --- */

static bool find_slide(const struct crash_report *report, const struct layout *layout,
                       struct prediction *prediction) {
    const struct image *image = prediction->program->images.items[0].image;
    size_t observed = prediction->items[0].observed;
    if (!prediction->program->has_executable || observed == NO_CRASH_IMAGE)
        return false;
    uint64_t base = report->images.items[observed].base;
    if (base < image_base(image))
        return false;
    prediction->slide = base - image_base(image);
    return prediction->slide <= layout->slide_most && prediction->slide % layout->page_size == 0;
}

static void place(const struct layout *layout, const struct measure *measure,
                  struct prediction *prediction) {
    struct free_ranges ranges = {0};
    struct placement placement;
    placement_at(layout, &measure->extents, prediction->slide, &ranges, &placement);
    for (size_t i = 0; i < prediction->count; i++) {
        const struct image *image = prediction->program->images.items[i].image;
        uint64_t address = placement.addresses[i];
        prediction->items[i].has_address = address != UINT64_MAX;
        if (address != UINT64_MAX)
            prediction->items[i].address = address + (image_base(image) - image->lowest_address);
    }
    free(placement.addresses);
    free_ranges_free(&ranges);
}

static void compare(const struct crash_report *report, struct prediction *prediction) {
    prediction->first_different = prediction->count;
    for (size_t i = 0; i < prediction->count; i++) {
        const struct predicted_image *predicted = &prediction->items[i];
        if (predicted->observed == NO_CRASH_IMAGE || !predicted->has_address)
            continue;
        bool is_same = report->images.items[predicted->observed].base == predicted->address;
        prediction->compared++;
        prediction->exact += is_same;
        if (!is_same && prediction->first_different == prediction->count)
            prediction->first_different = i;
    }
}

void prediction_make(struct arena *arena, const struct program *program,
                     struct crash_report *report, struct prediction *prediction) {
    bool is_assumed;
    const struct profile *profile = profile_of_system(report->os, &is_assumed);
    struct measure measure;
    *prediction = (struct prediction){.program = program, .count = program->images.count};
    prediction->items = arena_take(arena, (prediction->count + 1) * sizeof *prediction->items);
    match(arena, report, prediction);
    prediction->build = build_of(report, prediction);
    program_measure(arena, program, profile, &measure);
    prediction->has_slide = find_slide(report, measure.layout, prediction);
    if (prediction->has_slide)
        place(measure.layout, &measure, prediction);
    compare(report, prediction);
}
