#include "map/drawing.h"

#include "base/size.h"

#include <string.h>

/* Pixels: the heading, room above the bar for the limit and the top, the lane of malloc's places.
 */
static const double heading_line = 14, marks = 38, mark_line = 15, lane = 8, tick_line = 20;

/* One panel's overview. */
struct overview {
    struct canvas *canvas;
    const struct map_panel *panel;
    const struct address_map *map;
    double bar; /* y of it */
};

static double position(const struct overview *overview, uint64_t address) {
    return overview->panel->x + axis_position(&overview->canvas->scene->axis, address);
}

static struct box box_of(const struct overview *overview, struct span span) {
    double x = position(overview, span.start);
    return (struct box){x, overview->bar, position(overview, span.end) - x, MAP_OVERVIEW_BAR};
}

/* --- what lies there --- */

/* What it is, and below it a size, NULL for none, where there is room for both. */
static void label(const struct overview *overview, struct span span, const char *name,
                  const char *size) {
    struct box box = box_of(overview, span);
    double x = box.x + box.width / 2;
    if (box.width < scene_text_width(LOOK_LABEL, name) ||
        (size != NULL && box.width < scene_text_width(LOOK_LABEL, size)))
        return;
    draw_text(overview->canvas, LOOK_LABEL, ANCHOR_MIDDLE, x, box.y + (size == NULL ? 26 : 18),
              name);
    if (size != NULL)
        draw_text(overview->canvas, LOOK_LABEL, ANCHOR_MIDDLE, x, box.y + 34, size);
}

static const char *size_of(const struct overview *overview, struct span span) {
    return arena_string(overview->canvas->arena, size_text(span.end - span.start).text);
}

static void draw_ranges(const struct overview *overview) {
    const struct map_ranges *ranges = &overview->map->ranges;
    uint64_t end = axis_end(&overview->canvas->scene->axis);
    for (size_t i = 0; i < ranges->count; i++) {
        const struct map_range *range = &ranges->items[i];
        if (range->span.start >= end)
            continue;
        draw_named(overview->canvas, look_of_kind(range->kind), box_of(overview, range->span),
                   name_of_range(overview->canvas->arena, range));
        label(overview, range->span, map_kind_name(range->kind), size_of(overview, range->span));
    }
}

/* Images with less than this between them, in pixels, are drawn as one: all of them are in the
 * rows. */
#define CLOSE 0.5

static struct box shown_box_of(const struct overview *overview, struct span span) {
    struct box box = box_of(overview, span);
    if (box.width < MAP_LEAST)
        box.width = MAP_LEAST;
    return box;
}

static void draw_run(const struct overview *overview, enum map_look look, struct span span) {
    const struct address_map *map = overview->map;
    bool crosses = look == LOOK_DYLIB && map->has_limit && span.end > map->limit;
    struct span below = span, past = span;
    if (crosses) {
        below.end = span.start < map->limit ? map->limit : span.start;
        past.start = below.end;
        draw_behind(overview->canvas, LOOK_BEYOND, shown_box_of(overview, past));
    }
    if (below.start < below.end)
        draw_behind(overview->canvas, look, shown_box_of(overview, below));
    if (below.start < below.end)
        label(overview, below, look == LOOK_DYLIB ? "dylibs" : "executable",
              look == LOOK_DYLIB ? NULL : size_of(overview, below));
}

static void draw_executable(const struct overview *overview, const struct map_image *image) {
    draw_run(overview, LOOK_EXECUTABLE, image->span);
    if (image->linkedit.start < image->linkedit.end)
        draw_behind(overview->canvas, LOOK_EXECUTABLE_LINKEDIT, box_of(overview, image->linkedit));
}

static void draw_images(const struct overview *overview) {
    const struct map_images *images = &overview->map->images;
    struct span run = {0};
    for (size_t i = 0; i < images->count; i++) {
        const struct map_image *image = &images->items[i];
        if (image->is_executable) {
            draw_executable(overview, image);
            continue;
        }
        bool is_close = run.end != 0 &&
                        position(overview, image->span.start) - position(overview, run.end) < CLOSE;
        if (run.end != 0 && !is_close)
            draw_run(overview, LOOK_DYLIB, run);
        if (!is_close)
            run = image->span;
        else if (image->span.end > run.end)
            run.end = image->span.end;
    }
    if (run.end != 0)
        draw_run(overview, LOOK_DYLIB, run);
}

/* --- breaks --- */

static void draw_breaks(const struct overview *overview) {
    const struct axis_bands *bands = &overview->canvas->scene->axis.bands;
    for (size_t i = 0; i < bands->count; i++) {
        const struct axis_band *band = &bands->items[i];
        double x = overview->panel->x + band->start + band->width - 12;
        if (!band->is_broken)
            continue;
        for (int j = 0; j < 2; j++)
            draw_line(overview->canvas, LOOK_BREAK,
                      (struct box){x + 6 * j, overview->bar + MAP_OVERVIEW_BAR + 4, 6,
                                   -(MAP_OVERVIEW_BAR + 8)});
    }
}

/* --- the limit and the top --- */

/* A text at a line that leads to an address, on the side where there is room for it. */
struct mark {
    enum map_look look, line;
    uint64_t address;
    bool wants_left;
    int above; /* lines above the lowest one */
    const char *text;
};

static void draw_mark(const struct overview *overview, const struct mark *mark, double end) {
    double x = position(overview, mark->address);
    double width = scene_text_width(mark->look, mark->text) + 4;
    bool has_left = x - width >= overview->panel->x;
    bool has_right = x + width <= overview->panel->x + overview->panel->width;
    bool is_left = has_left && (mark->wants_left || !has_right);
    double top = overview->bar - 16 - mark_line * mark->above;
    draw_line(overview->canvas, mark->line, (struct box){x, top, 0, end - top});
    draw_text(overview->canvas, mark->look, is_left ? ANCHOR_END : ANCHOR_START,
              x + (is_left ? -4 : 4), top + 10, mark->text);
}

/* The limit's text stands where the line to the top does not cross it. */
static void draw_marks(const struct overview *overview) {
    const struct address_map *map = overview->map;
    struct arena *arena = overview->canvas->arena;
    bool is_past = map->has_limit && map->top > map->limit;
    const struct mark limit = {
        LOOK_MUTED, LOOK_LIMIT, map->limit,
        is_past,    0,          arena_format(arena, "limit %s", size_text_gib(map->limit).text)};
    const struct mark top = {is_past ? LOOK_ERROR : LOOK_MUTED,
                             LOOK_LEADER,
                             map->top,
                             false,
                             1,
                             arena_format(arena, "images end at %s%s",
                                          map->is_cut ? "or above " : "",
                                          size_text_gib(map->top).text)};
    if (map->has_limit)
        draw_mark(overview, &limit, overview->bar + MAP_OVERVIEW_BAR + lane);
    if (map->images.count != 0)
        draw_mark(overview, &top, overview->bar);
}

/* What is behind the last break, where the window goes on. */
static void label_window(const struct overview *overview) {
    const struct axis_bands *bands = &overview->canvas->scene->axis.bands;
    const struct axis_band *last = &bands->items[bands->count - 1];
    const struct malloc_window *window = &overview->map->window;
    double x = overview->panel->x + last->start + last->width / 2 - 8;
    if (window->slots == 0 || !last->is_broken || last->span.start < window->start)
        return;
    draw_text(overview->canvas, LOOK_LABEL, ANCHOR_MIDDLE, x, overview->bar + 18, "malloc window");
    draw_text(overview->canvas, LOOK_LABEL, ANCHOR_MIDDLE, x, overview->bar + 34,
              arena_string(overview->canvas->arena, size_text(window->size).text));
}

static void draw_lane(const struct overview *overview) {
    const struct malloc_window *window = &overview->map->window;
    const struct place_runs *blocked = &overview->map->blocked;
    if (window->slots == 0)
        return;
    struct span all = {window->start, window->start + window->slots * window->stride};
    struct box box = box_of(overview, all);
    box.y += MAP_OVERVIEW_BAR;
    box.height = lane;
    draw_behind(overview->canvas, LOOK_PLACE, box);
    for (size_t i = 0; i < blocked->count; i++) {
        struct span run = {window->start + blocked->items[i].first * window->stride,
                           window->start + blocked->items[i].end * window->stride};
        struct box hit = box_of(overview, run);
        draw_behind(overview->canvas, LOOK_PLACE_BLOCKED,
                    (struct box){hit.x, box.y, hit.width, box.height});
    }
}

/* --- ticks --- */

enum { MOST_TICKS = 64 };

struct ticks {
    double left[MOST_TICKS], right[MOST_TICKS];
    size_t count;
};

/* "4", "5.5": GiB without zeros in the end. */
static const char *tick_text(struct arena *arena, uint64_t address) {
    char *text = arena_format(arena, "%.2f", (double)address / (double)GIB);
    size_t size = strlen(text);
    while (text[size - 1] == '0')
        text[--size] = '\0';
    if (text[size - 1] == '.')
        text[size - 1] = '\0';
    return text;
}

static void draw_tick(const struct overview *overview, uint64_t address, struct ticks *ticks) {
    struct canvas *canvas = overview->canvas;
    double x = position(overview, address), y = overview->bar + MAP_OVERVIEW_BAR + lane;
    const char *text = tick_text(canvas->arena, address);
    double half = scene_text_width(LOOK_MUTED, text) / 2 + 3, middle = x;
    double last = overview->panel->x + overview->panel->width + MAP_MARGIN - half;
    if (middle > last)
        middle = last;
    bool is_free = ticks->count < MOST_TICKS;
    for (size_t i = 0; is_free && i < ticks->count; i++)
        is_free = middle + half <= ticks->left[i] || middle - half >= ticks->right[i];
    if (!is_free)
        return;
    ticks->left[ticks->count] = middle - half;
    ticks->right[ticks->count++] = middle + half;
    draw_line(canvas, LOOK_TICK, (struct box){x, y, 0, 5});
    draw_text(canvas, LOOK_MUTED, ANCHOR_MIDDLE, middle, y + 16, text);
}

/* A step of 1, 2, 4, ... GiB or a part of one that leaves room for the texts. */
static uint64_t tick_step(const struct axis *axis) {
    uint64_t step = GIB / 8;
    while (step < UINT64_MAX / 4 && axis_scale(axis) * (double)step / (double)GIB < 44)
        step *= 2;
    return step;
}

/* By the slide, or by the executable's size. */
static bool is_moved(enum map_kind kind) {
    return kind == MAP_SLIDE || kind == MAP_LOADER || kind == MAP_STACK;
}

/* What the system sets first: it says where a break leads. */
static void draw_ticks(const struct overview *overview) {
    const struct axis *axis = &overview->canvas->scene->axis;
    const struct map_ranges *ranges = &overview->map->ranges;
    struct ticks ticks = {.count = 0};
    uint64_t step = tick_step(axis);
    draw_tick(overview, 0, &ticks);
    if (overview->map->has_limit)
        draw_tick(overview, overview->map->limit, &ticks);
    for (size_t i = 0; i < ranges->count && ranges->items[i].span.start < axis_end(axis); i++) {
        if (is_moved(ranges->items[i].kind))
            continue;
        draw_tick(overview, ranges->items[i].span.start, &ticks);
        draw_tick(overview, ranges->items[i].span.end, &ticks);
    }
    if (axis->bands.items[axis->bands.count - 1].is_broken)
        draw_tick(overview, axis_end(axis), &ticks);
    for (size_t i = 0; i < axis->bands.count; i++) {
        const struct axis_band *band = &axis->bands.items[i];
        uint64_t first = band->span.start / step + 1;
        for (uint64_t j = 0; !band->is_broken && j < MOST_TICKS; j++)
            if (first + j < UINT64_MAX / step && (first + j) * step < band->span.end)
                draw_tick(overview, (first + j) * step, &ticks);
    }
}

static void draw_panel(struct canvas *canvas, const struct map_panel *panel) {
    const struct overview overview = {canvas, panel, panel->map, canvas->y + marks + heading_line};
    double width = canvas->scene->axis.width;
    draw_text(canvas, LOOK_HEADING, ANCHOR_START, panel->x, canvas->y + 10,
              "The address space in GiB, to scale but for the breaks");
    draw_behind(canvas, LOOK_FREE, (struct box){panel->x, overview.bar, width, MAP_OVERVIEW_BAR});
    struct span headroom = headroom_of(panel->map);
    if (headroom.start < headroom.end)
        draw_behind(canvas, LOOK_HEADROOM, box_of(&overview, headroom));
    draw_ranges(&overview);
    draw_images(&overview);
    draw_lane(&overview);
    label_window(&overview);
    draw_breaks(&overview);
    draw_marks(&overview);
    draw_ticks(&overview);
}

void draw_overview(struct canvas *canvas) {
    for (size_t i = 0; i < canvas->scene->maps.count; i++)
        draw_panel(canvas, &canvas->scene->panels[i]);
    canvas->y += heading_line + marks + MAP_OVERVIEW_BAR + lane + tick_line + 22;
}
