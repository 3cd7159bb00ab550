#include "map/svg.h"

#include "base/size.h"
#include "base/xml.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- how it looks --- */

/* The class of each look. Colours differ in lightness too, and what matters has a pattern, so that
 * nothing rests on colour alone. */
static const char *const classes[LOOK_COUNT] = {
    [LOOK_PAGE_ZERO] = "zero",
    [LOOK_LOADER] = "dyld",
    [LOOK_STACK] = "stack",
    [LOOK_SHARED_REGION] = "region",
    [LOOK_HEADROOM] = "headroom",
    [LOOK_RESERVED] = "closed",
    [LOOK_FREE] = "free",
    [LOOK_EXECUTABLE] = "exe",
    [LOOK_EXECUTABLE_LINKEDIT] = "exe-linkedit",
    [LOOK_DYLIB] = "dylib",
    [LOOK_DYLIB_LINKEDIT] = "dylib-linkedit",
    [LOOK_BEYOND] = "beyond",
    [LOOK_PLACE] = "place",
    [LOOK_PLACE_BLOCKED] = "hit",
    [LOOK_BREAK] = "break",
    [LOOK_LIMIT] = "limit",
    [LOOK_TICK] = "tick",
    [LOOK_LEADER] = "leader",
    [LOOK_FRAME] = "frame",
    [LOOK_TITLE] = "title",
    [LOOK_HEADING] = "heading",
    [LOOK_TEXT] = "text",
    [LOOK_MUTED] = "muted",
    [LOOK_ERROR] = "error",
    [LOOK_WARNING] = "warning",
    [LOOK_PASS] = "pass",
    [LOOK_LABEL] = "label",
};

const char *const svg_style[] = {
    ".map text{font:13px Helvetica,Arial,'DejaVu Sans',sans-serif;fill:#1a212c}",
    ".map text.title{font-size:18px;font-weight:bold}.map text.heading{font-weight:bold}",
    ".map text.muted,.map text.label{font-size:12px}.map text.muted{fill:#4d5766}",
    ".map text.label{paint-order:stroke;stroke:#fff;stroke-width:2.5px;stroke-linejoin:round}",
    ".map text.error{fill:#a31515}.map text.warning{fill:#7a4a00}.map text.pass{fill:#0b5c3b}",
    ".map .page{fill:#fcfdfe}.map rect{stroke:#fff;stroke-width:.6}",
    ".map .page,.map .hatch,.map .thin{stroke:none}",
    ".map .zero{fill:#d3d8e0}.map .closed{fill:#c3c9d3}.map .region{fill:#dccff0}",
    ".map .free{fill:#fff;stroke:#aab3c0}.map .stack{fill:#efbf4f}.map .dyld{fill:#b7a17a}",
    ".map .exe{fill:#6f9ff0}.map .dylib{fill:#5fbf97}",
    ".map .exe-linkedit{fill:url(#exe-hatch)}.map .dylib-linkedit{fill:url(#dylib-hatch)}",
    ".map .beyond{fill:url(#beyond-hatch)}.map .place{fill:#e3e8ef;stroke:#8b95a4}",
    ".map .hit{fill:url(#hit-hatch);stroke:#7c1d0d}",
    ".map .headroom{fill:url(#headroom-hatch);stroke:#aab3c0}.map .headroom-ground{fill:#fff}",
    ".map .headroom-line{stroke:#c3a0a0}",
    ".map .exe-ground{fill:#c3d7fb}.map .exe-line{stroke:#6f9ff0}",
    ".map .dylib-ground{fill:#c9ecdd}.map .dylib-line{stroke:#5fbf97}",
    ".map .beyond-ground{fill:#f3a27c}.map .beyond-line{stroke:#b3360c}",
    ".map .hit-ground{fill:#c8381a}.map .hit-line{stroke:#fff}",
    ".map line{stroke:#6a7483;stroke-width:1}.map .break{stroke:#fcfdfe;stroke-width:3}",
    ".map .limit{stroke:#a31515;stroke-width:2;stroke-dasharray:5 3}.map .frame{stroke:#8b95a4}",
    ".map .leader{stroke:#8b95a4}",
    NULL,
};

const char *const svg_style_dark[] = {
    ".map text{fill:#e7ebf1}.map text.muted{fill:#aeb8c6}.map text.label{stroke:#11161d}",
    ".map text.error{fill:#ff9b8a}.map text.warning{fill:#f2c46d}.map text.pass{fill:#79d8ae}",
    ".map .page{fill:#11161d}.map rect{stroke:#11161d}.map .zero{fill:#39414d}",
    ".map .closed{fill:#4a5361}.map .region{fill:#4d3f69}.map .free{fill:#11161d;stroke:#4f5a69}",
    ".map .stack{fill:#8a6412}.map .dyld{fill:#6a5a3c}.map .exe{fill:#2f62b8}",
    ".map .dylib{fill:#1f7d5a}.map .place{fill:#242c37;stroke:#6a7686}",
    ".map .headroom{stroke:#4f5a69}.map .headroom-ground{fill:#11161d}",
    ".map .headroom-line{stroke:#7d5a5a}",
    ".map .hit{stroke:#ffb39f}.map .exe-ground{fill:#1d3765}.map .exe-line{stroke:#4a7fd8}",
    ".map .dylib-ground{fill:#15402f}.map .dylib-line{stroke:#2f9c73}",
    ".map .beyond-ground{fill:#7a2c10}.map .beyond-line{stroke:#ff9468}",
    ".map .hit-ground{fill:#c8381a}.map line{stroke:#8d98a8}.map .break{stroke:#11161d}",
    ".map .limit{stroke:#ff9b8a}.map .frame,.map .leader{stroke:#6a7686}",
    NULL,
};

/* Lines over a ground: how wide a tile is, and by how much it is turned. */
static const struct {
    const char *name;
    int tile, turn, line;
} hatches[] = {{"headroom", 7, 0, 1},
               {"exe", 6, 45, 2},
               {"dylib", 6, 45, 2},
               {"beyond", 6, -45, 2},
               {"hit", 5, 45, 1}};

void svg_add_lines(const char *const *lines, struct text *out) {
    for (; *lines != NULL; lines++)
        text_addf(out, "%s\n", *lines);
}

static void write_hatches(struct text *out) {
    text_add(out, "<defs>\n");
    for (size_t i = 0; i < sizeof hatches / sizeof hatches[0]; i++)
        text_addf(out,
                  "<pattern id=\"%s-hatch\" width=\"%d\" height=\"%d\" "
                  "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(%d)\">"
                  "<rect class=\"hatch %s-ground\" width=\"%d\" height=\"%d\"/>"
                  "<line class=\"%s-line\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"%d\" "
                  "style=\"stroke-width:%d\"/></pattern>\n",
                  hatches[i].name, hatches[i].tile, hatches[i].tile, hatches[i].turn,
                  hatches[i].name, hatches[i].tile, hatches[i].tile, hatches[i].name,
                  hatches[i].tile, hatches[i].line);
    text_add(out, "</defs>\n");
}

/* --- shapes --- */

/* A hundredth of a pixel, without zeros in the end. */
static void add_number(struct text *out, const char *name, double value) {
    char digits[64];
    snprintf(digits, sizeof digits, "%.2f", value);
    char *end = digits + strlen(digits) - 1;
    while (*end == '0')
        *end-- = '\0';
    if (*end == '.')
        *end = '\0';
    text_addf(out, " %s=\"%s\"", name, strcmp(digits, "-0") == 0 ? "0" : digits);
}

/* The border of what is narrower than this, in pixels, would hide it. */
static const double bordered = 3;

static void write_rectangle(const struct map_shape *shape, struct text *out) {
    text_addf(out, "<rect class=\"%s%s\"", classes[shape->look],
              shape->width < bordered ? " thin" : "");
    add_number(out, "x", shape->x);
    add_number(out, "y", shape->y);
    add_number(out, "width", shape->width);
    add_number(out, "height", shape->height);
    if (shape->text == NULL) {
        text_add(out, "/>\n");
        return;
    }
    text_add(out, "><title>");
    xml_add(out, shape->text);
    text_add(out, "</title></rect>\n");
}

static void write_line(const struct map_shape *shape, struct text *out) {
    text_addf(out, "<line class=\"%s\"", classes[shape->look]);
    add_number(out, "x1", shape->x);
    add_number(out, "y1", shape->y);
    add_number(out, "x2", shape->x + shape->width);
    add_number(out, "y2", shape->y + shape->height);
    text_add(out, "/>\n");
}

static void write_text(const struct map_shape *shape, struct text *out) {
    static const char *const anchors[] = {[ANCHOR_START] = "",
                                          [ANCHOR_MIDDLE] = " text-anchor=\"middle\"",
                                          [ANCHOR_END] = " text-anchor=\"end\""};
    text_addf(out, "<text class=\"%s\"%s", classes[shape->look], anchors[shape->anchor]);
    add_number(out, "x", shape->x);
    add_number(out, "y", shape->y);
    text_add(out, ">");
    xml_add(out, shape->text);
    text_add(out, "</text>\n");
}

static void write_shapes(const struct map_shapes *shapes, struct text *out) {
    static void (*const writers[])(const struct map_shape *, struct text *) = {
        [SHAPE_RECTANGLE] = write_rectangle, [SHAPE_LINE] = write_line, [SHAPE_TEXT] = write_text};
    for (size_t i = 0; i < shapes->count; i++)
        writers[shapes->items[i].kind](&shapes->items[i], out);
}

/* --- images --- */

void svg_add_image_name(const struct map_image *image, struct text *out) {
    xml_add(out, image->name);
    text_addf(out, ", %s%s at 0x%" PRIx64, image->is_cut ? "at least " : "",
              size_text(image->span.end - image->span.start).text, image->span.start);
    if (image->linkedit.start < image->linkedit.end)
        text_addf(out, ", of which __LINKEDIT %s",
                  size_text(image->linkedit.end - image->linkedit.start).text);
    if (image->is_beyond)
        text_add(out, ", past the limit");
}

/* How images are written: those of a page can have the focus, the first of each map by the tab
 * key. */
struct svg_writer {
    const struct map_scene *scene;
    bool is_element;
    struct text *out;
};

static void begin_image(const struct svg_writer *writer, const struct map_piece *piece,
                        bool is_first) {
    const struct map_image *image =
        &writer->scene->maps.items[piece->map].images.items[piece->image];
    text_addf(writer->out,
              "<g class=\"image\" data-address=\"0x%" PRIx64 "\" data-size=\"%" PRIu64 "\"",
              image->span.start, image->span.end - image->span.start);
    if (writer->is_element)
        text_addf(writer->out,
                  " role=\"option\" aria-selected=\"false\" id=\"image-%zu-%zu\" "
                  "tabindex=\"%d\"",
                  piece->map, piece->image, is_first ? 0 : -1);
    if (writer->is_element) {
        text_add(writer->out, " data-name=\"");
        xml_add(writer->out, image->name);
        text_add(writer->out, "\"");
    }
    text_add(writer->out, "><title>");
    svg_add_image_name(image, writer->out);
    text_add(writer->out, "</title>");
}

static void begin_map(const struct svg_writer *writer, size_t map) {
    text_add(writer->out, "<g class=\"images\"");
    if (writer->is_element) {
        text_add(writer->out, " role=\"listbox\" aria-orientation=\"horizontal\" "
                              "aria-label=\"Images by address: ");
        xml_add(writer->out, writer->scene->maps.items[map].name);
        text_add(writer->out, "\"");
    }
    text_add(writer->out, ">\n");
}

static void write_pieces(const struct svg_writer *writer) {
    const struct map_pieces *pieces = &writer->scene->pieces;
    for (size_t i = 0; i < pieces->count; i++) {
        const struct map_piece *piece = &pieces->items[i], *before = piece - 1, *next = piece + 1;
        bool is_first = i == 0 || before->map != piece->map;
        bool is_last = i + 1 == pieces->count || next->map != piece->map;
        if (is_first)
            begin_map(writer, piece->map);
        if (is_first || before->image != piece->image)
            begin_image(writer, piece, is_first);
        write_rectangle(&(struct map_shape){SHAPE_RECTANGLE, piece->look, piece->x, piece->y,
                                            piece->width, piece->height, ANCHOR_START, NULL},
                        writer->out);
        if (is_last || next->image != piece->image)
            text_add(writer->out, "</g>\n");
        if (is_last)
            text_add(writer->out, "</g>\n");
    }
}

/* --- the whole --- */

static void write_description(const struct map_scene *scene, struct text *out) {
    text_add(out, "<title id=\"map-title\">Address space of ");
    for (size_t i = 0; i < scene->maps.count; i++) {
        text_add(out, i == 0 ? "" : " and of ");
        xml_add(out, scene->maps.items[i].name);
    }
    text_add(out, "</title>\n<desc id=\"map-description\">");
    for (size_t i = 0; i < scene->maps.count; i++) {
        const struct address_map *map = &scene->maps.items[i];
        xml_add(out, map->about);
        text_add(out, ". ");
        for (size_t j = 0; j < map->notes.count; j++) {
            xml_add(out, map->notes.items[j].text);
            text_add(out, ". ");
        }
    }
    text_add(out, "</desc>\n");
}

static void write_content(const struct svg_writer *writer) {
    write_description(writer->scene, writer->out);
    write_hatches(writer->out);
    text_add(writer->out, "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n");
    write_shapes(&writer->scene->behind, writer->out);
    write_pieces(writer);
    write_shapes(&writer->scene->shapes, writer->out);
    text_add(writer->out, "</svg>\n");
}

static void begin(const struct map_scene *scene, struct text *out) {
    text_addf(out,
              "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"map\" viewBox=\"0 0 %.0f %.0f\"",
              scene->width, scene->height);
}

void svg_write(const struct map_scene *scene, struct text *out) {
    const struct svg_writer writer = {scene, false, out};
    begin(scene, out);
    text_addf(out,
              " width=\"%.0f\" height=\"%.0f\" role=\"img\" "
              "aria-labelledby=\"map-title map-description\">\n<style>\n",
              scene->width, scene->height);
    svg_add_lines(svg_style, out);
    text_add(out, "@media (prefers-color-scheme: dark){\n");
    svg_add_lines(svg_style_dark, out);
    text_add(out, "}\n</style>\n");
    write_content(&writer);
}

void svg_write_element(const struct map_scene *scene, struct text *out) {
    const struct svg_writer writer = {scene, true, out};
    begin(scene, out);
    text_addf(out, " width=\"%.0f\" role=\"group\" aria-labelledby=\"map-title\">\n", scene->width);
    write_content(&writer);
}
