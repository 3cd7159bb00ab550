#include "map/html.h"

#include "base/digest.h"
#include "base/size.h"
#include "base/xml.h"
#include "map/linkedit.h"
#include "map/page.h"
#include "map/svg.h"
#include "report/version.h"

#include <inttypes.h>
#include <string.h>

struct html_writer {
    struct arena arena;
    const struct map_scene *scene;
    struct text script;
    struct text *out;
};

static void add(const struct html_writer *writer, const char *text) {
    xml_add(writer->out, text);
}

/* --- head --- */

static void add_names(const struct html_writer *writer) {
    const struct map_list *maps = &writer->scene->maps;
    text_add(writer->out, "Address space of ");
    for (size_t i = 0; i < maps->count; i++) {
        text_add(writer->out, i == 0 ? "" : " and of ");
        add(writer, maps->items[i].name);
    }
}

static void add_base64(const uint8_t *bytes, size_t size, struct text *out) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16;
        size_t left = size - i < 3 ? size - i : 3;
        group |= left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= left > 2 ? bytes[i + 2] : 0;
        for (size_t j = 0; j < 4; j++)
            text_add_bytes(out, j <= left ? &letters[group >> (18 - 6 * j) & 63] : "=", 1);
    }
}

/* The page can load nothing, and no other script than its own runs in it. */
static void add_policy(const struct html_writer *writer) {
    uint8_t hash[SHA256_SIZE];
    const struct bytes script = {(const uint8_t *)writer->script.data, writer->script.size};
    digest(DIGEST_SHA256, script, hash);
    text_add(writer->out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                          "'none'; style-src 'unsafe-inline'; script-src 'sha256-");
    add_base64(hash, sizeof hash, writer->out);
    text_add(writer->out, "'\">\n");
}

static void add_styles(const struct html_writer *writer) {
    text_add(writer->out, "<style>\n");
    svg_add_lines(svg_style, writer->out);
    svg_add_lines(page_style, writer->out);
    text_add(writer->out, "@media screen and (prefers-color-scheme: dark){\n");
    svg_add_lines(svg_style_dark, writer->out);
    svg_add_lines(page_style_dark, writer->out);
    text_add(writer->out, "}\n@media print{\n");
    svg_add_lines(page_style_print, writer->out);
    text_add(writer->out, "}\n</style>\n");
}

static void add_head(const struct html_writer *writer) {
    text_add(writer->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<meta name=\"viewport\" content=\"width=device-width\">\n");
    add_policy(writer);
    text_add(writer->out, "<title>");
    add_names(writer);
    text_add(writer->out, "</title>\n");
    add_styles(writer);
    text_add(writer->out, "</head>\n<body>\n");
}

/* --- verdict --- */

static const char *class_of(enum severity severity) {
    return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_WARNING ? "warning" : "pass";
}

static void add_verdict(const struct html_writer *writer, const struct address_map *map) {
    text_add(writer->out, "<p><strong>");
    add(writer, map->name);
    text_add(writer->out, "</strong>: ");
    add(writer, map->about);
    text_add(writer->out, "</p>\n");
    if (map->notes.count != 0)
        text_add(writer->out, "<ul class=\"verdict\">\n");
    for (size_t i = 0; i < map->notes.count; i++) {
        text_addf(writer->out, "<li class=\"%s\">", class_of(map->notes.items[i].severity));
        add(writer, map->notes.items[i].text);
        text_add(writer->out, "</li>\n");
    }
    if (map->notes.count != 0)
        text_add(writer->out, "</ul>\n");
}

static void add_header(const struct html_writer *writer) {
    text_add(writer->out, "<header>\n<h1>");
    add_names(writer);
    text_add(writer->out, "</h1>\n");
    for (size_t i = 0; i < writer->scene->maps.count; i++)
        add_verdict(writer, &writer->scene->maps.items[i]);
    text_add(writer->out, "</header>\n");
}

/* --- picture --- */

static void add_picture(const struct html_writer *writer) {
    text_add(writer->out,
             "<form role=\"search\"><label for=\"search\">Find an image</label>"
             "<input type=\"search\" id=\"search\" autocomplete=\"off\" spellcheck=\"false\">"
             "<output id=\"count\" for=\"search\"></output></form>\n"
             "<p id=\"here\">Point at an image, or go through them with the arrow keys, to see its "
             "name.</p>\n");
    svg_write_element(writer->scene, writer->out);
}

/* --- tables --- */

static void begin_table(const struct html_writer *writer, const char *caption,
                        const char *const *columns) {
    text_add(writer->out, "<table>\n<caption>");
    add(writer, caption);
    text_add(writer->out, "</caption>\n<thead><tr>");
    for (; *columns != NULL; columns++)
        text_addf(writer->out, "<th scope=\"col\">%s</th>", *columns);
    text_add(writer->out, "</tr></thead>\n<tbody>\n");
}

static void end_table(const struct html_writer *writer) {
    text_add(writer->out, "</tbody>\n</table>\n");
}

static void add_span(const struct html_writer *writer, struct span span) {
    text_addf(writer->out, "<td>0x%" PRIx64 "</td><td>0x%" PRIx64 "</td><td>%s</td>", span.start,
              span.end, size_text(span.end - span.start).text);
}

static void add_ranges(const struct html_writer *writer, const struct address_map *map) {
    static const char *const columns[] = {"What", "Address", "End", "Size", NULL};
    begin_table(writer, "What the system takes", columns);
    for (size_t i = 0; i < map->ranges.count; i++) {
        text_addf(writer->out, "<tr><th scope=\"row\">%s</th>",
                  map_kind_name(map->ranges.items[i].kind));
        add_span(writer, map->ranges.items[i].span);
        text_add(writer->out, "</tr>\n");
    }
    end_table(writer);
}

static void add_places(const struct html_writer *writer, const struct address_map *map) {
    static const char *const columns[] = {"Places", "Address of the first", "Of the last", "Count",
                                          NULL};
    const struct malloc_window *window = &map->window;
    if (window->slots == 0)
        return;
    begin_table(writer, "Places at which malloc's window may begin", columns);
    text_addf(writer->out,
              "<tr><th scope=\"row\">all</th><td>0x%" PRIx64 "</td><td>0x%" PRIx64
              "</td><td>%" PRIu64 "</td></tr>\n",
              window->start, window->start + (window->slots - 1) * window->stride, window->slots);
    for (size_t i = 0; i < map->blocked.count; i++) {
        const struct place_run *run = &map->blocked.items[i];
        text_addf(writer->out,
                  "<tr><th scope=\"row\">blocked</th><td>0x%" PRIx64 "</td><td>0x%" PRIx64
                  "</td><td>%" PRIu64 "</td></tr>\n",
                  window->start + run->first * window->stride,
                  window->start + (run->end - 1) * window->stride, run->end - run->first);
    }
    end_table(writer);
}

static void add_image(const struct html_writer *writer, const struct address_map *map, size_t i) {
    const struct map_image *image = &map->images.items[i];
    bool has_linkedit = image->linkedit.start < image->linkedit.end;
    text_add(writer->out, "<tr data-name=\"");
    add(writer, image->name);
    text_add(writer->out, "\"><th scope=\"row\">");
    add(writer, image->name);
    text_add(writer->out, "</th>");
    add_span(writer, image->span);
    text_addf(writer->out, "<td>%s</td><td>%s</td></tr>\n",
              has_linkedit ? size_text(image->linkedit.end - image->linkedit.start).text
                           : "not known",
              !map->has_limit    ? "there is none"
              : image->is_beyond ? "yes"
                                 : "no");
}

static void add_images(const struct html_writer *writer, const struct address_map *map) {
    static const char *const columns[] = {"Image",      "Address",        "End", "Size",
                                          "__LINKEDIT", "Past the limit", NULL};
    begin_table(writer,
                map->is_cut ? "Images by address, with what is known of them" : "Images by address",
                columns);
    for (size_t i = 0; i < map->images.count; i++)
        add_image(writer, map, i);
    end_table(writer);
}

/* Two maps have a heading each. */
static void begin_section(const struct html_writer *writer, size_t map, const char *name) {
    text_addf(writer->out, "<section class=\"%s\" aria-labelledby=\"%s-0", name, name);
    if (writer->scene->maps.count != 1)
        text_addf(writer->out, " %s-%zu", name, map + 1);
    text_add(writer->out, "\">\n");
    if (writer->scene->maps.count == 1)
        return;
    text_addf(writer->out, "<h3 id=\"%s-%zu\">", name, map + 1);
    add(writer, writer->scene->maps.items[map].name);
    text_add(writer->out, "</h3>\n");
}

static void add_tables(const struct html_writer *writer) {
    text_add(writer->out,
             "<h2 id=\"numbers-0\">The same as numbers</h2>\n<div class=\"tables\">\n");
    for (size_t i = 0; i < writer->scene->maps.count; i++) {
        const struct address_map *map = &writer->scene->maps.items[i];
        begin_section(writer, i, "numbers");
        add_ranges(writer, map);
        add_places(writer, map);
        add_images(writer, map);
        text_add(writer->out, "</section>\n");
    }
    text_add(writer->out, "</div>\n");
}

/* --- __LINKEDIT --- */

static void add_part_table(const struct html_writer *writer, const struct part_sums *sums) {
    static const char *const columns[] = {"Part", "Bytes", "Size", "Share", "Images", NULL};
    begin_table(writer, "__LINKEDIT by part", columns);
    for (size_t i = 0; i < sums->count; i++) {
        const struct part_sum *sum = &sums->items[i];
        text_addf(writer->out,
                  "<tr><th scope=\"row\">%s</th><td>%" PRIu64
                  "</td><td>%s</td><td>%.1f %%</td><td>%zu</td></tr>\n",
                  sum->name, sum->bytes, size_text(sum->bytes).text,
                  100.0 * (double)sum->bytes / (double)sums->bytes, sum->count);
    }
    end_table(writer);
}

static void add_parts(struct html_writer *writer) {
    text_add(writer->out, "<h2 id=\"parts-0\">__LINKEDIT by part</h2>\n<div class=\"tables\">\n");
    for (size_t i = 0; i < writer->scene->maps.count; i++) {
        const struct address_map *map = &writer->scene->maps.items[i];
        struct part_sums sums;
        part_sums_make(&writer->arena, map, &sums);
        begin_section(writer, i, "parts");
        if (sums.count == 0) {
            text_add(writer->out, map->is_observed
                                      ? "<p>A report does not tell the parts of __LINKEDIT.</p>\n"
                                      : "<p>No image has a __LINKEDIT.</p>\n");
        } else {
            part_sums_write(&writer->arena, writer->scene, i, &sums, writer->out);
            add_part_table(writer, &sums);
        }
        text_add(writer->out, "</section>\n");
    }
    text_add(writer->out, "</div>\n");
}

/* --- the whole --- */

void html_write(const struct map_scene *scene, struct text *out) {
    struct html_writer writer = {.scene = scene, .out = out};
    text_add(&writer.script, "\n");
    svg_add_lines(page_script, &writer.script);
    add_head(&writer);
    add_header(&writer);
    text_add(out, "<main>\n");
    add_picture(&writer);
    add_parts(&writer);
    add_tables(&writer);
    text_addf(out,
              "</main>\n<footer><p>Drawn by vafit %s. Addresses of a program are those of "
              "vafit's model.</p></footer>\n<script>%s</script>\n</body>\n</html>\n",
              vafit_version, writer.script.data);
    text_free(&writer.script);
    arena_free(&writer.arena);
}
