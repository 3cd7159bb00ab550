#include "map/drawing.h"

#include "base/size.h"

#include <stdlib.h>

/* LEAST: the shift of a row of 16 MiB; none is of less. places: the lane of malloc's places.
 * label_line: a line of labels. */
static const double places = 12, label_line = 16, gap = 9;
enum { LEAST = 24, MOST_LANES = 3, LABELLED = 14, TICKS = 8 };

/* --- which rows there are --- */

struct spans {
    struct span *items;
    size_t count;
};

static int lower_first(const void *left, const void *right) {
    const struct span *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->end < b->end ? -1 : a->end > b->end;
}

/* Of the images of all maps. */
static struct spans all_spans(struct arena *arena, const struct map_list *maps) {
    struct spans spans = {0};
    for (size_t i = 0; i < maps->count; i++)
        spans.count += maps->items[i].images.count;
    spans.items = arena_take(arena, (spans.count + 1) * sizeof *spans.items);
    spans.count = 0;
    for (size_t i = 0; i < maps->count; i++)
        for (size_t j = 0; j < maps->items[i].images.count; j++)
            if (maps->items[i].images.items[j].span.start < maps->items[i].images.items[j].span.end)
                spans.items[spans.count++] = maps->items[i].images.items[j].span;
    if (spans.count != 0)
        qsort(spans.items, spans.count, sizeof *spans.items, lower_first);
    return spans;
}

/* The last row ends where addresses do, a byte short of its size. */
static struct span span_of_row(uint64_t number, unsigned shift) {
    bool is_last = number == UINT64_MAX >> shift;
    return (struct span){number << shift, is_last ? UINT64_MAX : (number + 1) << shift};
}

/* Fills the rows of so many bytes that have images; false when there are too many. */
static bool fill_rows(const struct spans *spans, unsigned shift, struct map_scene *scene) {
    uint64_t next = 0;
    scene->row_count = 0;
    for (size_t i = 0; i < spans->count; i++) {
        uint64_t first = spans->items[i].start >> shift, last = (spans->items[i].end - 1) >> shift;
        for (first = first < next ? next : first; first <= last; first++) {
            if (scene->row_count == MOST_ROWS)
                return false;
            scene->rows[scene->row_count++] = (struct map_row){.span = span_of_row(first, shift)};
        }
        next = last + 1 > next ? last + 1 : next;
    }
    return true;
}

static void find_rows(struct canvas *canvas) {
    struct map_scene *scene = canvas->scene;
    const struct spans spans = all_spans(canvas->arena, &scene->maps);
    unsigned shift = LEAST;
    while (!fill_rows(&spans, shift, scene) && shift < 62)
        shift++;
    scene->row_bytes = UINT64_C(1) << shift;
}

/* --- places on a row --- */

struct row_view {
    struct canvas *canvas;
    const struct map_panel *panel;
    const struct map_row *row;
};

static double bar_x(const struct map_panel *panel) {
    return panel->x + MAP_GUTTER;
}

static double bar_width(const struct map_panel *panel) {
    return panel->width - MAP_GUTTER;
}

static double position(const struct row_view *view, uint64_t address) {
    const struct span *span = &view->row->span;
    return bar_x(view->panel) + bar_width(view->panel) * (double)(address - span->start) /
                                    (double)(span->end - span->start);
}

/* The part of `span` that is on the row; false for none. */
static bool clip(const struct map_row *row, struct span *span) {
    if (span->start < row->span.start)
        span->start = row->span.start;
    if (span->end > row->span.end)
        span->end = row->span.end;
    return span->start < span->end;
}

static struct box box_of(const struct row_view *view, struct span span) {
    double x = position(view, span.start);
    return (struct box){x, view->row->y, position(view, span.end) - x, MAP_ROW_BAR};
}

/* --- labels --- */

/* What a label of a row names. */
struct row_label {
    const char *text;
    enum map_look look;
    double middle, x; /* of what it names; where the text begins */
    double width;
    size_t lane; /* 0: on the bar; below it from 1 on */
};

struct row_labels {
    struct row_label items[LABELLED + MAP_KIND_COUNT + 2];
    size_t count;
};

/* A label in a lower lane hangs on a line through the lanes above it. */
static bool overlaps(const struct row_label *a, const struct row_label *b) {
    static const double space = 8, line = 3;
    if (a->lane == 0 || b->lane == 0)
        return a->lane == b->lane && a->x < b->x + b->width && b->x < a->x + a->width;
    if (a->lane == b->lane)
        return a->x < b->x + b->width + space && b->x < a->x + a->width + space;
    const struct row_label *low = a->lane > b->lane ? a : b, *high = low == a ? b : a;
    return low->middle > high->x - line && low->middle < high->x + high->width + line;
}

static bool is_free(const struct row_labels *labels, const struct row_label *label) {
    for (size_t i = 0; i < labels->count; i++)
        if (overlaps(&labels->items[i], label))
            return false;
    return true;
}

/* On what it names where that is wide enough, else in the highest lane with room. */
static bool add_label(const struct row_view *view, struct span span, enum map_look look,
                      const char *text, struct row_labels *labels) {
    struct span part = span;
    if (!clip(view->row, &part) || labels->count == sizeof labels->items / sizeof labels->items[0])
        return false;
    struct box box = box_of(view, part);
    struct row_label label = {.text = text, .look = look, .middle = box.x + box.width / 2};
    label.width = scene_text_width(look, text);
    label.x = label.middle - label.width / 2;
    double end = bar_x(view->panel) + bar_width(view->panel);
    bool fits = label.width + 8 <= box.width;
    if (!fits && label.x < view->panel->x)
        label.x = view->panel->x;
    if (!fits && label.x + label.width > end)
        label.x = end - label.width;
    for (label.lane = fits ? 0 : 1; label.lane <= MOST_LANES; label.lane++)
        if (is_free(labels, &label)) {
            labels->items[labels->count++] = label;
            return true;
        }
    return false;
}

/* The row on which most of it is. */
static bool is_widest(const struct map_scene *scene, const struct map_row *row, struct span span) {
    uint64_t best = 0;
    const struct map_row *widest = NULL;
    for (size_t i = 0; i < scene->row_count; i++) {
        struct span part = span;
        if (clip(&scene->rows[i], &part) && part.end - part.start > best) {
            best = part.end - part.start;
            widest = &scene->rows[i];
        }
    }
    return widest == row;
}

static void label_images(const struct row_view *view, struct row_labels *labels) {
    const struct address_map *map = view->panel->map;
    struct arena *arena = view->canvas->arena;
    for (size_t i = 0; i < map->images.count && i < LABELLED; i++) {
        const struct map_image *image = &map->images.items[map->heaviest[i]];
        uint64_t size = image->span.end - image->span.start;
        if (!is_widest(view->canvas->scene, view->row, image->span))
            continue;
        add_label(view, image->span, LOOK_LABEL,
                  arena_format(arena, "%s %s", map_shortened(arena, image->name, 30),
                               size_text(size).text),
                  labels);
    }
}

/* What is small of these, the colours tell. */
static void label_ranges(const struct row_view *view, struct row_labels *labels) {
    const struct map_ranges *ranges = &view->panel->map->ranges;
    for (size_t i = 0; i < ranges->count; i++) {
        const struct map_range *range = &ranges->items[i];
        const char *text = arena_format(view->canvas->arena, "%s %s", map_kind_name(range->kind),
                                        size_text(range->span.end - range->span.start).text);
        struct span part = range->span;
        bool fits = clip(view->row, &part) &&
                    scene_text_width(LOOK_LABEL, text) + 8 <= box_of(view, part).width;
        if (is_widest(view->canvas->scene, view->row, range->span) &&
            (fits || range->kind == MAP_STACK))
            add_label(view, range->span, LOOK_LABEL, text, labels);
    }
}

static void label_holes(const struct row_view *view, struct row_labels *labels);

static void find_labels(const struct row_view *view, struct row_labels *labels) {
    labels->count = 0;
    label_images(view, labels);
    label_ranges(view, labels);
    label_holes(view, labels);
}

/* --- holes --- */

/* A walk over what lies free between images and ranges, by address. */
struct hole_walk {
    const struct address_map *map;
    size_t image, range;
    uint64_t at;
};

/* The next that begins below `end`; false when there is none. */
static bool next_hole(struct hole_walk *walk, uint64_t end, struct span *hole) {
    const struct map_images *images = &walk->map->images;
    const struct map_ranges *ranges = &walk->map->ranges;
    while (walk->at < end) {
        struct span image = {UINT64_MAX, UINT64_MAX}, range = image;
        if (walk->image < images->count)
            image = images->items[walk->image].span;
        if (walk->range < ranges->count)
            range = ranges->items[walk->range].span;
        bool is_image = image.start <= range.start;
        struct span next = is_image ? image : range;
        *hole = (struct span){walk->at, next.start};
        walk->image += is_image;
        walk->range += !is_image;
        if (next.end > walk->at)
            walk->at = next.end;
        if (hole->start < hole->end)
            return hole->start < end;
    }
    return false;
}

/* Only what was worked out is known to be free: a report tells of images alone. */
static void label_holes(const struct row_view *view, struct row_labels *labels) {
    struct hole_walk walk = {.map = view->panel->map};
    struct span hole;
    if (walk.map->is_observed)
        return;
    while (next_hole(&walk, view->row->span.end, &hole)) {
        struct span part = hole;
        if (!clip(view->row, &part))
            continue;
        bool is_whole = part.start == hole.start && part.end == hole.end;
        const char *text = is_whole ? arena_format(view->canvas->arena, "free %s",
                                                   size_text(part.end - part.start).text)
                                    : "free";
        if (scene_text_width(LOOK_MUTED, text) + 8 <= box_of(view, part).width)
            add_label(view, part, LOOK_MUTED, text, labels);
    }
}

/* --- pieces --- */

static void add_piece(struct canvas *canvas, const struct map_piece *piece, struct box box) {
    struct map_piece *added = vector_push(canvas->arena, &canvas->scene->pieces);
    *added = *piece;
    added->x = box.x;
    added->y = box.y;
    added->width = box.width < MAP_LEAST ? MAP_LEAST : box.width;
    added->height = box.height;
}

/* Cut at the ends of rows, and where it passes the limit. */
static void draw_part(struct canvas *canvas, const struct map_piece *piece, struct span span) {
    const struct map_scene *scene = canvas->scene;
    const struct map_panel *panel = &scene->panels[piece->map];
    for (size_t i = 0; i < scene->row_count; i++) {
        const struct row_view view = {canvas, panel, &scene->rows[i]};
        struct span part = span;
        if (clip(view.row, &part))
            add_piece(canvas, piece, box_of(&view, part));
    }
}

static void draw_below_and_past(struct canvas *canvas, struct map_piece piece, struct span span) {
    const struct address_map *map = canvas->scene->panels[piece.map].map;
    struct span below = span, past = span;
    if (map->has_limit && span.end > map->limit) {
        below.end = span.start < map->limit ? map->limit : span.start;
        past.start = below.end;
    } else {
        past.start = past.end;
    }
    if (below.start < below.end)
        draw_part(canvas, &piece, below);
    piece.look = LOOK_BEYOND;
    if (past.start < past.end)
        draw_part(canvas, &piece, past);
}

static void draw_image(struct canvas *canvas, size_t map, size_t number) {
    const struct map_image *image = &canvas->scene->maps.items[map].images.items[number];
    struct map_piece piece = {.map = map, .image = number};
    struct span linkedit = image->linkedit;
    if (linkedit.start >= linkedit.end)
        linkedit = (struct span){image->span.end, image->span.end};
    const struct span before = {image->span.start, linkedit.start},
                      behind = {linkedit.end, image->span.end};
    piece.look = image->is_executable ? LOOK_EXECUTABLE : LOOK_DYLIB;
    if (before.start < before.end)
        draw_below_and_past(canvas, piece, before);
    if (behind.start < behind.end)
        draw_below_and_past(canvas, piece, behind);
    piece.look = image->is_executable ? LOOK_EXECUTABLE_LINKEDIT : LOOK_DYLIB_LINKEDIT;
    if (linkedit.start < linkedit.end)
        draw_below_and_past(canvas, piece, linkedit);
}

/* --- one row of one panel --- */

static void draw_ranges(const struct row_view *view) {
    const struct map_ranges *ranges = &view->panel->map->ranges;
    for (size_t i = 0; i < ranges->count; i++) {
        struct span part = ranges->items[i].span;
        if (clip(view->row, &part))
            draw_named(view->canvas, look_of_kind(ranges->items[i].kind), box_of(view, part),
                       name_of_range(view->canvas->arena, &ranges->items[i]));
    }
}

static void draw_run(const struct row_view *view, enum map_look look, struct span run) {
    if (!clip(view->row, &run))
        return;
    struct box box = box_of(view, run);
    box.y += MAP_ROW_BAR;
    box.height = places - 2;
    draw_behind(view->canvas, look, box);
}

/* Each place a cell of its own where there is room for it. */
static void draw_row_places(const struct row_view *view) {
    const struct malloc_window *window = &view->panel->map->window;
    const struct place_runs *blocked = &view->panel->map->blocked;
    struct span all = {window->start, window->start + window->slots * window->stride};
    if (window->slots == 0 || !clip(view->row, &all))
        return;
    draw_run(view, LOOK_PLACE, all);
    for (size_t i = 0; i < blocked->count; i++)
        draw_run(view, LOOK_PLACE_BLOCKED,
                 (struct span){window->start + blocked->items[i].first * window->stride,
                               window->start + blocked->items[i].end * window->stride});
    double cell = bar_width(view->panel) * (double)window->stride /
                  (double)(view->row->span.end - view->row->span.start);
    uint64_t first = (all.start - window->start) / window->stride;
    for (uint64_t i = first; cell >= 4 && window->start + i * window->stride < all.end; i++)
        if (window->start + i * window->stride > all.start)
            draw_line(view->canvas, LOOK_FRAME,
                      (struct box){position(view, window->start + i * window->stride),
                                   view->row->y + MAP_ROW_BAR, 0, places - 2});
}

static void draw_labels(const struct row_view *view, const struct row_labels *labels) {
    double below = view->row->y + MAP_ROW_BAR + (view->row->has_places ? places : 0);
    for (size_t i = 0; i < labels->count; i++) {
        const struct row_label *label = &labels->items[i];
        double y =
            label->lane == 0 ? view->row->y + 17 : below + (double)label->lane * label_line - 3;
        if (label->lane != 0)
            draw_line(view->canvas, LOOK_LEADER,
                      (struct box){label->middle, view->row->y + MAP_ROW_BAR - 4, 0,
                                   y - 11 - (view->row->y + MAP_ROW_BAR - 4)});
        draw_text(view->canvas, label->look, ANCHOR_START, label->x, y, label->text);
    }
}

static void draw_row_limit(const struct row_view *view) {
    const struct address_map *map = view->panel->map;
    if (map->has_limit && map->limit >= view->row->span.start && map->limit <= view->row->span.end)
        draw_line(view->canvas, LOOK_LIMIT,
                  (struct box){position(view, map->limit), view->row->y - 3, 0,
                               MAP_ROW_BAR + 6 + (view->row->has_places ? places : 0)});
}

static void draw_row(const struct row_view *view) {
    const struct address_map *map = view->panel->map;
    const struct map_row *row = view->row;
    struct row_labels labels;
    bool is_past = map->has_limit && row->span.start >= map->limit;
    int digits = view->canvas->scene->row_bytes >= GIB ? 0 : 3;
    struct span headroom = headroom_of(map);
    draw_behind(view->canvas, LOOK_FREE, box_of(view, row->span));
    if (clip(row, &headroom))
        draw_behind(view->canvas, LOOK_HEADROOM, box_of(view, headroom));
    draw_ranges(view);
    draw_row_places(view);
    for (int i = 1; i < TICKS; i++)
        draw_line(view->canvas, LOOK_TICK,
                  (struct box){bar_x(view->panel) + bar_width(view->panel) * i / (double)TICKS,
                               row->y + MAP_ROW_BAR - 3, 0, 3});
    draw_row_limit(view);
    draw_text(view->canvas, is_past ? LOOK_ERROR : LOOK_MUTED, ANCHOR_END, bar_x(view->panel) - 8,
              row->y + 17,
              arena_format(view->canvas->arena, "%.*f GiB", digits,
                           (double)row->span.start / (double)GIB));
    find_labels(view, &labels);
    draw_labels(view, &labels);
}

/* --- all rows --- */

/* As high as the panel with the most lanes of labels needs. */
static void place_rows(struct canvas *canvas) {
    struct map_scene *scene = canvas->scene;
    for (size_t i = 0; i < scene->row_count; i++) {
        struct map_row *row = &scene->rows[i];
        size_t lanes = 0;
        for (size_t j = 0; j < scene->maps.count; j++) {
            const struct malloc_window *window = &scene->panels[j].map->window;
            const struct row_view view = {canvas, &scene->panels[j], row};
            struct span all = {window->start, window->start + window->slots * window->stride};
            struct row_labels labels;
            row->has_places |= window->slots != 0 && clip(row, &all);
            find_labels(&view, &labels);
            for (size_t k = 0; k < labels.count; k++)
                lanes = labels.items[k].lane > lanes ? labels.items[k].lane : lanes;
        }
        row->y = canvas->y;
        canvas->y +=
            MAP_ROW_BAR + (row->has_places ? places : 0) + (double)lanes * label_line + gap;
    }
}

void draw_rows(struct canvas *canvas) {
    struct map_scene *scene = canvas->scene;
    find_rows(canvas);
    if (scene->row_count == 0)
        return;
    const char *heading =
        arena_format(canvas->arena, "Every image where it lands: a row is %s, a tick %s",
                     size_text(scene->row_bytes).text, size_text(scene->row_bytes / TICKS).text);
    for (size_t i = 0; i < scene->maps.count; i++)
        draw_text(canvas, LOOK_HEADING, ANCHOR_START, scene->panels[i].x, canvas->y + 10, heading);
    canvas->y += 24;
    place_rows(canvas);
    for (size_t i = 0; i < scene->maps.count; i++) {
        for (size_t j = 0; j < scene->maps.items[i].images.count; j++)
            draw_image(canvas, i, j);
        for (size_t j = 0; j < scene->row_count; j++)
            draw_row(&(struct row_view){canvas, &scene->panels[i], &scene->rows[j]});
    }
    canvas->y += 10;
}
