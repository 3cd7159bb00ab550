#include "crash/observed_layout.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

uint64_t crash_image_size(const struct crash_image *image) {
    return image->vm_size > image->text_size ? image->vm_size : image->text_size;
}

uint64_t crash_image_end(const struct crash_image *image) {
    uint64_t end;
    return range_end(image->base, crash_image_size(image), &end) ? end : UINT64_MAX;
}

/* --- the system --- */

/* The first number in "macOS 26.3 (25D125)"; 0 for none. */
static unsigned version_of(const char *os) {
    unsigned version = 0;
    os = os == NULL ? "" : os + strcspn(os, "0123456789");
    for (; *os >= '0' && *os <= '9' && version < 1000; os++)
        version = version * 10 + (unsigned)(*os - '0');
    return version;
}

const struct profile *profile_of_system(const char *os, bool *is_assumed) {
    unsigned version = version_of(os);
    const struct profile *best = NULL, *oldest = profile_row(0), *row;
    *is_assumed = version == 0;
    if (version == 0)
        return profile_named("macos-26");
    for (size_t i = 0; (row = profile_row(i)) != NULL; i++) {
        if (row->version <= version && (best == NULL || row->version > best->version))
            best = row;
        if (row->version < oldest->version)
            oldest = row;
    }
    return best == NULL ? oldest : best;
}

/* Intel Macs have their shared cache here, whatever the report says of the processor. */
#define CACHE_OF_X86_64 UINT64_C(0x7f0000000000)

static bool is_arm64(const struct crash_report *report) {
    bool is_x86_64 = report->cpu != NULL && strncmp(report->cpu, "X86", 3) == 0;
    return !is_x86_64 && !report->is_translated && report->cache.start < CACHE_OF_X86_64;
}

/* --- which images --- */

static bool is_in(uint64_t address, struct span span) {
    return address >= span.start && address < span.end;
}

static bool is_in_cache(const struct crash_report *report, const struct layout *layout,
                        const struct crash_image *image) {
    if (report->cache.end != 0)
        return is_in(image->base, report->cache);
    return layout != NULL ? is_in(image->base, layout->shared_region)
                          : image->base >= CACHE_OF_X86_64;
}

/* Reports list what lies in the cache behind all else: an image there says that no other follows.
 */
static void find_own(struct arena *arena, const struct crash_report *report,
                     struct observed_layout *layout) {
    layout->has_all = report->has_all_images;
    for (size_t i = 0; i < report->images.count; i++) {
        const struct crash_image *image = &report->images.items[i];
        if (!is_in_cache(report, layout->layout, image))
            *vector_push(arena, &layout->own) = i;
        else if (layout->own.count != 0 && report->lists_cache_last)
            layout->has_all = true;
    }
}

/* By its name; of images by that name the first. */
static size_t find_named(const struct crash_report *report, const char *name) {
    for (size_t i = 0; name != NULL && i < report->images.count; i++)
        if (name[0] != '\0' && strcmp(report->images.items[i].name, name) == 0)
            return i;
    return NO_CRASH_IMAGE;
}

static size_t find_by_uuid(const struct crash_report *report) {
    for (size_t i = 0; report->has_uuid && i < report->images.count; i++)
        if (report->images.items[i].has_uuid &&
            memcmp(report->images.items[i].uuid, report->uuid, sizeof report->uuid) == 0)
            return i;
    return NO_CRASH_IMAGE;
}

static size_t find_executable(struct arena *arena, const struct crash_report *report) {
    struct crash_image named = {.name = NULL};
    if (report->path != NULL)
        crash_image_name(arena, report->path, &named);
    size_t found = find_by_uuid(report);
    if (found == NO_CRASH_IMAGE)
        found = find_named(report, named.name);
    return found != NO_CRASH_IMAGE ? found : find_named(report, report->process);
}

/* --- how large they are --- */

struct image_weight {
    uint64_t size;
    size_t image;
};

static int heavier_first(const void *left, const void *right) {
    const struct image_weight *a = left, *b = right;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return a->image < b->image ? -1 : a->image > b->image;
}

static void find_heaviest(struct arena *arena, const struct crash_report *report,
                          struct observed_layout *layout) {
    size_t count = layout->own.count;
    struct image_weight *weights = arena_take(arena, (count + 1) * sizeof *weights);
    for (size_t i = 0; i < count; i++) {
        size_t image = layout->own.items[i];
        weights[i] = (struct image_weight){crash_image_size(&report->images.items[image]), image};
    }
    qsort(weights, count, sizeof *weights, heavier_first);
    for (size_t i = 0; i < count; i++)
        *vector_push(arena, &layout->heaviest) = weights[i].image;
}

/* --- where they end --- */

static void find_end(const struct crash_report *report, struct observed_layout *layout) {
    for (size_t i = 0; i < layout->own.count; i++) {
        uint64_t end = crash_image_end(&report->images.items[layout->own.items[i]]);
        layout->beyond += layout->has_limit && end > layout->limit;
        if (layout->highest != NO_CRASH_IMAGE && end <= layout->top)
            continue;
        layout->highest = layout->own.items[i];
        layout->top = end;
    }
}

static void find_blocked(struct arena *arena, const struct crash_report *report,
                         struct observed_layout *layout) {
    struct place_runs *runs = &layout->blocked_runs;
    for (size_t i = 0; i < layout->own.count; i++) {
        const struct crash_image *image = &report->images.items[layout->own.items[i]];
        place_runs_add(arena, &layout->layout->window,
                       (struct span){image->base, crash_image_end(image)}, runs);
    }
    place_runs_join(runs);
    if (runs->count != 0)
        layout->blocked = (struct blocked_places){place_runs_places(runs), runs->items[0].first,
                                                  runs->items[runs->count - 1].end - 1};
}

void observed_layout_make(struct arena *arena, const struct crash_report *report,
                          struct observed_layout *layout) {
    *layout = (struct observed_layout){.highest = NO_CRASH_IMAGE};
    layout->profile = profile_of_system(report->os, &layout->is_assumed);
    if (is_arm64(report))
        layout->layout = layout->profile->arm64;
    layout->has_limit = layout->layout != NULL && layout->layout->window.slots != 0;
    if (layout->has_limit)
        layout->limit = layout->layout->window.start;
    layout->executable = find_executable(arena, report);
    find_own(arena, report, layout);
    find_heaviest(arena, report, layout);
    find_end(report, layout);
    if (layout->has_limit)
        find_blocked(arena, report, layout);
}
