#include "crash/memory_map.h"

#include "base/map.h"

#include <string.h>

/* One region of a process: half-open. */
struct mapped_region {
    uint64_t start;
    uint64_t end;
    const char *rest; /* what follows the addresses in the line */
    size_t rest_size;
};

/* "104f2c000-104f30000", with or without blanks around the dash. */
static bool read_region(const char *at, const char *end, struct mapped_region *region) {
    if (!pasted_hex(&at, end, &region->start))
        return false;
    while (at < end && *at == ' ')
        at++;
    if (at == end || *at++ != '-' || !pasted_hex(&at, end, &region->end))
        return false;
    while (at < end && *at == ' ')
        at++;
    region->rest = at;
    region->rest_size = (size_t)(end - at);
    return region->start < region->end;
}

/* The path at the end of a region's line; NULL for none. */
static const char *path_of(struct arena *arena, const struct mapped_region *region) {
    const char *end = region->rest + region->rest_size;
    for (const char *at = region->rest; at + 1 < end; at++)
        if (at[0] == ' ' && at[1] == '/')
            return arena_copy(arena, at + 1, (size_t)(end - at) - 1);
    return NULL;
}

/* --- vmmap --- */

struct vmmap {
    struct arena *arena;
    struct crash_images images;
    struct map by_path; /* path -> where its image is in `images`, one more than that */
};

static struct crash_image *image_of(struct vmmap *vmmap, const char *path) {
    size_t *place = map_get(&vmmap->by_path, path);
    if (place == NULL) {
        struct crash_image *image = vector_push(vmmap->arena, &vmmap->images);
        *image = (struct crash_image){.name = "", .folder = ""};
        crash_image_name(vmmap->arena, path, image);
        place = arena_take(vmmap->arena, sizeof *place);
        *place = vmmap->images.count - 1;
        map_put(&vmmap->by_path, vmmap->arena, path, place);
    }
    return &vmmap->images.items[*place];
}

/* An image begins with its first __TEXT and ends with its __LINKEDIT; those of the shared cache
 * have none of their own. Regions that are writable come in a list of their own. */
static void take_segment(struct vmmap *vmmap, const struct pasted_line *line) {
    const char *at = line->at, *end = line->at + line->size;
    struct mapped_region region;
    bool is_text = pasted_line_begins(line, "__TEXT ");
    if (!is_text && !pasted_line_begins(line, "__LINKEDIT "))
        return;
    while (at < end && *at != ' ')
        at++;
    if (!line->has_ended || !read_region(at, end, &region))
        return;
    const char *path = path_of(vmmap->arena, &region);
    if (path == NULL)
        return;
    struct crash_image *image = image_of(vmmap, path);
    if (is_text && image->text_size == 0) {
        image->base = region.start;
        image->text_size = region.end - region.start;
    }
    if (!is_text && image->text_size != 0 && region.end > image->base)
        image->vm_size = region.end - image->base;
}

/* A __LINKEDIT alone is no image. */
static void drop_parts(struct crash_images *images) {
    size_t count = 0;
    for (size_t i = 0; i < images->count; i++)
        if (images->items[i].text_size != 0)
            images->items[count++] = images->items[i];
    images->count = count;
}

bool vmmap_read(struct arena *arena, const struct pasted *pasted, struct crash_report *report) {
    struct vmmap vmmap = {.arena = arena};
    struct pasted_line line;
    bool is_vmmap = false, has_all = false;
    for (size_t at = 0; pasted_next_line(pasted, &at, &line);) {
        is_vmmap |= pasted_line_begins(&line, "==== Non-writable regions for process");
        has_all |= is_vmmap && pasted_line_begins(&line, "==== Writable regions");
        if (is_vmmap)
            take_segment(&vmmap, &line);
    }
    map_free(&vmmap.by_path);
    drop_parts(&vmmap.images);
    crash_report_offer_images(report, &vmmap.images, has_all, false);
    report->is_map |= is_vmmap && report->format == NULL;
    return is_vmmap;
}

/* --- Ruby --- */

struct ruby_map {
    struct arena *arena;
    struct crash_images images;
    const char *path; /* of the image that goes on, NULL for none */
    uint64_t end;     /* of its last region */
};

/* An image begins executable and goes on, without a gap, under the same path; a region without a
 * file has the path of the one before it, so that the image ends with what is only readable. */
static void take_region(struct ruby_map *map, const struct mapped_region *region) {
    bool is_code = strncmp(region->rest, "r-x", 3) == 0;
    bool is_constant = strncmp(region->rest, "r--", 3) == 0;
    const char *path = path_of(map->arena, region);
    bool goes_on = path != NULL && map->path != NULL && strcmp(path, map->path) == 0 &&
                   region->start == map->end && !is_code;
    if (path != NULL && is_code) {
        struct crash_image *image = vector_push(map->arena, &map->images);
        *image = (struct crash_image){.base = region->start,
                                      .text_size = region->end - region->start,
                                      .vm_size = region->end - region->start};
        crash_image_name(map->arena, path, image);
    } else if (goes_on && is_constant) {
        struct crash_image *image = &map->images.items[map->images.count - 1];
        image->vm_size = region->end - image->base;
    }
    map->path = is_code || goes_on ? path : NULL;
    map->end = region->end;
}

/* "[arm64-darwin23]": Darwin 24 is of macOS 15, and Darwin 25 of macOS 26. */
static void take_darwin(struct arena *arena, const struct pasted *pasted,
                        struct crash_report *report) {
    const char *darwin = strstr(pasted->data, "-darwin");
    unsigned version = 0;
    if (darwin == NULL || report->os != NULL)
        return;
    for (darwin += 7; *darwin >= '0' && *darwin <= '9' && version < 1000; darwin++)
        version = version * 10 + (unsigned)(*darwin - '0');
    if (version >= 20 && version < 100)
        report->os = arena_format(arena, "macOS %u", version < 25 ? version - 9 : version + 1);
}

bool ruby_map_read(struct arena *arena, const struct pasted *pasted, struct crash_report *report) {
    struct ruby_map map = {.arena = arena};
    struct pasted_line line;
    struct mapped_region region;
    bool is_map = false, has_all = false;
    for (size_t at = 0; !has_all && pasted_next_line(pasted, &at, &line);) {
        if (is_map && line.has_ended && read_region(line.at, line.at + line.size, &region))
            take_region(&map, &region);
        else if (is_map && line.has_ended)
            has_all = true;
        is_map |= pasted_line_begins(&line, "* Process memory map:");
    }
    if (is_map)
        take_darwin(arena, pasted, report);
    crash_report_offer_images(report, &map.images, has_all, false);
    report->is_map |= is_map && report->format == NULL;
    return is_map;
}
