#include "map/linkedit.h"

#include "base/size.h"
#include "base/xml.h"
#include "map/drawing.h"
#include "map/svg.h"
#include "program/linkedit_sizes_json.h"

#include <stdlib.h>
#include <string.h>

/* --- sums --- */

static int larger_share_first(const void *left, const void *right) {
    const struct part_share *a = left, *b = right;
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return a->image < b->image ? -1 : a->image > b->image;
}

static int larger_sum_first(const void *left, const void *right) {
    const struct part_sum *a = left, *b = right;
    return a->bytes > b->bytes ? -1 : a->bytes < b->bytes;
}

/* "debug_map" as a reader has it. */
static const char *part_name(struct arena *arena, const char *member) {
    char *name = arena_string(arena, member);
    for (char *at = name; *at != '\0'; at++)
        if (*at == '_')
            *at = ' ';
    return name;
}

static struct part_sum sum_up(struct arena *arena, const struct address_map *map,
                              const struct linkedit_sizes_member *member) {
    struct part_sum sum = {.name = part_name(arena, member->name)};
    sum.shares = arena_take(arena, (map->images.count + 1) * sizeof *sum.shares);
    for (size_t i = 0; i < map->images.count; i++) {
        uint64_t bytes = linkedit_sizes_bytes(map->images.items[i].sizes, member);
        sum.bytes += bytes;
        if (bytes != 0)
            sum.shares[sum.count++] = (struct part_share){i, bytes};
    }
    if (sum.count != 0)
        qsort(sum.shares, sum.count, sizeof *sum.shares, larger_share_first);
    return sum;
}

static bool are_known(const struct address_map *map) {
    for (size_t i = 0; i < map->images.count; i++)
        if (map->images.items[i].sizes == NULL || !map->images.items[i].sizes->exact)
            return false;
    return true;
}

void part_sums_make(struct arena *arena, const struct address_map *map, struct part_sums *sums) {
    *sums = (struct part_sums){0};
    for (size_t i = 0; are_known(map) && linkedit_sizes_member(i) != NULL; i++) {
        const struct part_sum sum = sum_up(arena, map, linkedit_sizes_member(i));
        sums->bytes += sum.bytes;
        if (sum.bytes != 0)
            *vector_push(arena, sums) = sum;
    }
    if (sums->count != 0)
        qsort(sums->items, sums->count, sizeof *sums->items, larger_sum_first);
}

/* --- as a picture --- */

/* MOST_CELLS: of a part; all smaller images are one more. head_height: of a part's name. */
static const double head_height = 20, parts_height = 340;
enum { MOST_CELLS = 40 };

struct part_view {
    struct arena *arena;
    const struct address_map *map;
    size_t number; /* of the map */
    bool is_first; /* nothing was written yet that can have the focus */
    struct text *out;
};

static void write_box(const struct part_view *view, const char *look, struct box box) {
    text_addf(view->out,
              "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>", look,
              box.x, box.y, box.width, box.height);
}

static void write_label(const struct part_view *view, const char *look, struct box box,
                        const char *text) {
    double letter = strcmp(look, "heading") == 0 ? 9 : 7.5;
    if (box.width < 50 || box.height < head_height)
        return;
    size_t fits = (size_t)((box.width - 8) / letter);
    text_addf(view->out, "<text class=\"%s\" x=\"%.2f\" y=\"%.2f\">", look, box.x + 4, box.y + 14);
    xml_add(view->out, map_shortened(view->arena, text, fits));
    text_add(view->out, "</text>");
}

/* `name`: of the image, or of all that are left. */
static void write_cell(struct part_view *view, const struct part_sum *sum, struct box box,
                       const char *name, uint64_t bytes) {
    text_addf(view->out,
              "<g class=\"image cell\" role=\"option\" aria-selected=\"false\" tabindex=\"%d\" "
              "data-name=\"",
              view->is_first ? 0 : -1);
    view->is_first = false;
    xml_add(view->out, name);
    text_add(view->out, "\"><title>");
    xml_add(view->out, name);
    text_addf(view->out, ", %s: %s</title>", sum->name, size_text(bytes).text);
    write_box(view, "part-cell", box);
    write_label(view, "label", box, name);
    text_add(view->out, "</g>\n");
}

static void write_cells(struct part_view *view, const struct part_sum *sum, struct box area) {
    double sizes[MOST_CELLS + 1] = {0};
    struct box boxes[MOST_CELLS + 1];
    size_t count = sum->count < MOST_CELLS ? sum->count : MOST_CELLS;
    uint64_t rest = sum->bytes;
    for (size_t i = 0; i < count; i++) {
        sizes[i] = (double)sum->shares[i].bytes;
        rest -= sum->shares[i].bytes;
    }
    if (rest != 0)
        sizes[count] = (double)rest;
    treemap_place(sizes, count + (rest != 0), area, boxes);
    for (size_t i = 0; i < count; i++)
        write_cell(view, sum, boxes[i], view->map->images.items[sum->shares[i].image].name,
                   sum->shares[i].bytes);
    if (rest != 0)
        write_cell(view, sum, boxes[count],
                   arena_format(view->arena, "%zu more images", sum->count - count), rest);
}

static void write_part(struct part_view *view, const struct part_sum *sum, struct box box) {
    struct box cells = {box.x + 1, box.y + head_height, box.width - 2,
                        box.height - head_height - 1};
    write_box(view, "part", box);
    if (cells.height < 4 || cells.width < 4)
        cells = (struct box){box.x, box.y, box.width, box.height};
    else
        write_label(view, "heading", box,
                    arena_format(view->arena, "%s %s", sum->name, size_text(sum->bytes).text));
    write_cells(view, sum, cells);
}

void part_sums_write(struct arena *arena, const struct map_scene *scene, size_t map,
                     const struct part_sums *sums, struct text *out) {
    struct part_view view = {arena, &scene->maps.items[map], map, true, out};
    double *sizes = arena_take(arena, (sums->count + 1) * sizeof *sizes);
    struct box *boxes = arena_take(arena, (sums->count + 1) * sizeof *boxes);
    double width = scene->panels[map].width;
    for (size_t i = 0; i < sums->count; i++)
        sizes[i] = (double)sums->items[i].bytes;
    treemap_place(sizes, sums->count, (struct box){1, 1, width - 2, parts_height - 2}, boxes);
    text_addf(out,
              "<svg class=\"map parts\" viewBox=\"0 0 %.0f %.0f\" role=\"group\" "
              "aria-label=\"__LINKEDIT by part\">\n<g class=\"images\" role=\"listbox\" "
              "aria-orientation=\"horizontal\" aria-label=\"Parts of __LINKEDIT: ",
              width, parts_height);
    xml_add(out, view.map->name);
    text_add(out, "\">\n");
    for (size_t i = 0; i < sums->count; i++)
        write_part(&view, &sums->items[i], boxes[i]);
    text_add(out, "</g>\n</svg>\n");
}
