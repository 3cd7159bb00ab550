#include "map/drawing.h"

#include "base/size.h"

#include <inttypes.h>

struct span headroom_of(const struct address_map *map) {
    uint64_t bytes = map->headroom < map->limit ? map->headroom : map->limit;
    return map->has_limit ? (struct span){map->limit - bytes, map->limit} : (struct span){0, 0};
}

const char *name_of_range(struct arena *arena, const struct map_range *range) {
    return arena_format(arena, "%s, %s at 0x%" PRIx64, map_kind_name(range->kind),
                        size_text(range->span.end - range->span.start).text, range->span.start);
}

/* --- title and verdict --- */

static enum map_look look_of_note(const struct map_note *note) {
    switch (note->severity) {
    case SEVERITY_ERROR:
        return LOOK_ERROR;
    case SEVERITY_WARNING:
        return LOOK_WARNING;
    default:
        return LOOK_PASS;
    }
}

static double draw_head(struct canvas *canvas, const struct map_panel *panel) {
    const struct address_map *map = panel->map;
    struct box box = {panel->x, canvas->y + 14, panel->width, 0};
    size_t fits = (size_t)(panel->width / (0.66 * 20));
    draw_text(canvas, LOOK_TITLE, ANCHOR_START, box.x, box.y,
              map_shortened(canvas->arena, map->name, fits));
    box.y += 20;
    if (canvas->scene->is_on_page)
        return box.y;
    box.y = draw_wrapped(canvas, LOOK_TEXT, box, map->about);
    for (size_t i = 0; i < map->notes.count; i++)
        box.y =
            draw_wrapped(canvas, look_of_note(&map->notes.items[i]), box, map->notes.items[i].text);
    return box.y;
}

void draw_heads(struct canvas *canvas) {
    double end = canvas->y;
    if (canvas->scene->is_on_page && canvas->scene->maps.count == 1)
        return;
    for (size_t i = 0; i < canvas->scene->maps.count; i++) {
        double y = draw_head(canvas, &canvas->scene->panels[i]);
        end = y > end ? y : end;
    }
    canvas->y = end + 4;
}

/* --- malloc's places --- */

static const double strip = 14;

static void draw_strip(struct canvas *canvas, const struct map_panel *panel) {
    const struct malloc_window *window = &panel->map->window;
    const struct place_runs *blocked = &panel->map->blocked;
    double y = canvas->y + 20, place = panel->width / (double)window->slots;
    draw_behind(canvas, LOOK_PLACE, (struct box){panel->x, y, panel->width, strip});
    for (size_t i = 0; i < blocked->count; i++) {
        const struct place_run *run = &blocked->items[i];
        draw_behind(canvas, LOOK_PLACE_BLOCKED,
                    (struct box){panel->x + place * (double)run->first, y,
                                 place * (double)(run->end - run->first), strip});
    }
    const uint64_t last = window->start + (window->slots - 1) * window->stride;
    draw_text(canvas, LOOK_MUTED, ANCHOR_START, panel->x, y + strip + 14,
              arena_format(canvas->arena, "the first, at %s", size_text_gib(window->start).text));
    draw_text(canvas, LOOK_MUTED, ANCHOR_END, panel->x + panel->width, y + strip + 14,
              arena_format(canvas->arena, "the last, at %s", size_text_gib(last).text));
}

static void draw_panel_places(struct canvas *canvas, const struct map_panel *panel) {
    const struct malloc_window *window = &panel->map->window;
    uint64_t hit = place_runs_places(&panel->map->blocked);
    if (window->slots == 0) {
        draw_text(canvas, LOOK_MUTED, ANCHOR_START, panel->x, canvas->y + 10,
                  "No malloc window: nothing is reserved at a place by chance");
        return;
    }
    const struct size_text size = size_text(window->size);
    const char *text =
        hit == 0
            ? arena_format(canvas->arena,
                           "malloc reserves %s at one of %" PRIu64 " places: none is blocked",
                           size.text, window->slots)
            : arena_format(canvas->arena,
                           "malloc reserves %s: %" PRIu64 " of %" PRIu64
                           " places are blocked, %s%.2f %% of launches abort",
                           size.text, hit, window->slots, panel->map->is_cut ? "at least " : "",
                           100.0 * (double)hit / (double)window->slots);
    draw_text(canvas, hit == 0 ? LOOK_PASS : LOOK_ERROR, ANCHOR_START, panel->x, canvas->y + 10,
              text);
    draw_strip(canvas, panel);
}

void draw_places(struct canvas *canvas) {
    bool has_strip = false;
    for (size_t i = 0; i < canvas->scene->maps.count; i++) {
        draw_panel_places(canvas, &canvas->scene->panels[i]);
        has_strip |= canvas->scene->maps.items[i].window.slots != 0;
    }
    canvas->y += 32 + (has_strip ? 20 + strip : 0);
}

/* --- the heaviest images --- */

static const double listed_line = 20, listed_name = 230, listed_size = 210;
enum { LISTED = 8 };

/* Of all maps, so that the bars compare; 0 for none. */
static uint64_t largest_image(const struct map_scene *scene) {
    uint64_t largest = 0;
    for (size_t i = 0; i < scene->maps.count; i++) {
        const struct address_map *map = &scene->maps.items[i];
        if (map->images.count == 0)
            continue;
        const struct span span = map->images.items[map->heaviest[0]].span;
        largest = span.end - span.start > largest ? span.end - span.start : largest;
    }
    return largest;
}

static void draw_listed(struct canvas *canvas, const struct map_panel *panel, size_t number,
                        double y) {
    const struct address_map *map = panel->map;
    const struct map_image *image = &map->images.items[map->heaviest[number]];
    uint64_t size = image->span.end - image->span.start;
    uint64_t linkedit = image->linkedit.end - image->linkedit.start;
    double room = panel->width - listed_name - listed_size - 16;
    double scale = room / (double)largest_image(canvas->scene);
    struct box box = {panel->x + listed_name + 8, y, scale * (double)(size - linkedit), 13};
    draw_text(canvas, LOOK_LABEL, ANCHOR_START, panel->x, y + 11,
              map_shortened(canvas->arena, image->name, (size_t)(listed_name / 8)));
    draw_behind(canvas, image->is_executable ? LOOK_EXECUTABLE : LOOK_DYLIB, box);
    box.x += box.width;
    box.width = scale * (double)linkedit;
    if (linkedit != 0)
        draw_behind(canvas, image->is_executable ? LOOK_EXECUTABLE_LINKEDIT : LOOK_DYLIB_LINKEDIT,
                    box);
    draw_text(canvas, LOOK_LABEL, ANCHOR_END, panel->x + panel->width, y + 11,
              linkedit == 0 ? arena_string(canvas->arena, size_text(size).text)
                            : arena_format(canvas->arena, "%s, __LINKEDIT %s", size_text(size).text,
                                           size_text(linkedit).text));
}

void draw_heaviest(struct canvas *canvas) {
    size_t most = 0;
    for (size_t i = 0; i < canvas->scene->maps.count; i++) {
        const struct map_panel *panel = &canvas->scene->panels[i];
        size_t count = panel->map->images.count < LISTED ? panel->map->images.count : LISTED;
        if (count == 0 || largest_image(canvas->scene) == 0)
            continue;
        draw_text(canvas, LOOK_HEADING, ANCHOR_START, panel->x, canvas->y + 10,
                  "The heaviest images");
        for (size_t j = 0; j < count; j++)
            draw_listed(canvas, panel, j, canvas->y + 22 + (double)j * listed_line);
        most = count > most ? count : most;
    }
    if (most != 0)
        canvas->y += 22 + (double)most * listed_line + 14;
}

/* --- legend --- */

static const struct {
    enum map_look look;
    const char *text;
} legend[] = {
    {LOOK_EXECUTABLE, "executable"},
    {LOOK_EXECUTABLE_LINKEDIT, "its __LINKEDIT"},
    {LOOK_DYLIB, "dylibs"},
    {LOOK_DYLIB_LINKEDIT, "their __LINKEDIT"},
    {LOOK_BEYOND, "past the limit"},
    {LOOK_STACK, "main stack"},
    {LOOK_LOADER, "dyld"},
    {LOOK_SHARED_REGION, "shared region: the system's dylibs"},
    {LOOK_PAGE_ZERO, "__PAGEZERO, never mapped"},
    {LOOK_RESERVED, "closed"},
    {LOOK_FREE, "free"},
    {LOOK_HEADROOM, "headroom below the limit, kept free"},
    {LOOK_PLACE, "places of malloc's window"},
    {LOOK_PLACE_BLOCKED, "blocked places"},
};

static bool is_drawn(const struct map_scene *scene, enum map_look look) {
    for (size_t i = 0; i < scene->behind.count; i++)
        if (scene->behind.items[i].look == look)
            return true;
    for (size_t i = 0; i < scene->pieces.count; i++)
        if (scene->pieces.items[i].look == look)
            return true;
    return false;
}

/* Of what a report does not tell, nobody knows that it is free. */
static const char *legend_text(const struct map_scene *scene, size_t i) {
    for (size_t j = 0; j < scene->maps.count; j++)
        if (legend[i].look == LOOK_FREE && scene->maps.items[j].is_observed)
            return scene->maps.count == 1 ? "not known" : "free, in a report not known";
    return legend[i].text;
}

void draw_legend(struct canvas *canvas) {
    double x = MAP_MARGIN, y = canvas->y;
    for (size_t i = 0; i < sizeof legend / sizeof legend[0]; i++) {
        const char *text = legend_text(canvas->scene, i);
        double width = 20 + scene_text_width(LOOK_MUTED, text) + 16;
        if (!is_drawn(canvas->scene, legend[i].look))
            continue;
        if (x + width > canvas->scene->width - MAP_MARGIN) {
            x = MAP_MARGIN;
            y += 20;
        }
        draw_behind(canvas, legend[i].look, (struct box){x, y, 14, 14});
        draw_text(canvas, LOOK_MUTED, ANCHOR_START, x + 20, y + 12, text);
        x += width;
    }
    canvas->y = y + 18;
}
