#include "base/json.h"
#include "base/memory.h"
#include "base/text_beside.h"
#include "report/check_json.h"

#include <stdint.h>
#include <stdlib.h>

/* Where each slice, by its number, stands in the list of all images, from 1 on; 0 for nowhere. */
struct image_places {
    size_t *items;
    size_t count; /* of slices that have a place */
};

static void places_make(const struct check_report *report, struct image_places *places) {
    size_t greatest = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct loaded_images *images = &report->items[i].judged.program->images;
        for (size_t j = 0; j < images->count; j++)
            if (images->items[j].slice->number > greatest)
                greatest = images->items[j].slice->number;
    }
    *places = (struct image_places){.items = memory_zeros(greatest + 1, sizeof *places->items)};
}

static size_t place_of(const struct image_places *places, const struct loaded_image *loaded) {
    return places->items[loaded->slice->number] - 1;
}

/* --- one line an entry --- */

static void begin_list(const char *name, struct text *out) {
    text_addf(out, ",\n\"%s\": [", name);
}

static void add_line(json_t *value, bool is_first, struct text *out) {
    text_add(out, is_first ? "\n" : ",\n");
    json_add_line(value, out);
}

static void add_member(const char *name, const char *value, struct text *out) {
    text_addf(out, "\"%s\": ", name);
    json_add_line(json_text(value), out);
}

static void add_rules(struct text *out) {
    begin_list("rules", out);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct rule *row = rule_row((enum rule_id)i);
        json_t *object = json_object();
        json_object_set_new(object, "rule", json_text(row->name));
        json_object_set_new(object, "help", check_json_help(&row->help));
        add_line(object, i == 0, out);
    }
    text_add(out, "\n]");
}

/* In the order in which the programs come to them. */
static void add_images(const struct check_report *report, struct image_places *places,
                       struct text *out) {
    begin_list("images", out);
    for (size_t i = 0; i < report->count; i++) {
        const struct program *program = report->items[i].judged.program;
        for (size_t j = 0; j < program->images.count; j++) {
            size_t *place = &places->items[program->images.items[j].slice->number];
            if (*place != 0)
                continue;
            *place = ++places->count;
            add_line(check_json_image(&program->images.items[j], NULL), *place == 1, out);
        }
    }
    text_add(out, "\n]");
}

/* Most of the report is rows of numbers. They are written as they come: a tree of them in memory
 * would take longer than all the rest. */
static void add_row(const struct program_report *report, const struct image_places *places,
                    size_t i, struct text *out) {
    const struct loaded_image *images = report->judged.program->images.items;
    uint64_t address = report->judgement.addresses[i];
    size_t loader = images[i].loaded_by;
    text_add(out, i == 0 ? "[" : ",[");
    text_add_number(out, place_of(places, &images[i]));
    text_add_bytes(out, ",", 1);
    if (address == UINT64_MAX)
        text_add(out, "null");
    else
        text_add_number(out, address);
    text_add_bytes(out, ",", 1);
    if (loader == i)
        text_add(out, "null");
    else
        text_add_number(out, place_of(places, &images[loader]));
    text_add_bytes(out, "]", 1);
}

struct program_lines {
    const struct check_report *report;
    const struct image_places *places;
};

static void write_line(void *context, size_t i, struct text *out) {
    const struct program_lines *lines = context;
    const struct program_report *report = &lines->report->items[i];
    add_line(check_json_program(report, NULL, false), i == 0, out);
    text_shorten(out, 1); /* the object goes on */
    text_add(out, ",\"images\":[");
    for (size_t j = 0; j < report->judged.program->images.count; j++)
        add_row(report, lines->places, j, out);
    text_add(out, "]}");
}

static void add_programs(const struct check_report *report, const struct image_places *places,
                         struct text *out) {
    struct program_lines lines = {report, places};
    begin_list("programs", out);
    text_add_beside(out, report->count, write_line, &lines);
    text_add(out, "\n]");
}

void check_write_json_compact(const struct check_report *report, const struct report_style *style,
                              struct text *out) {
    struct image_places places;
    (void)style;
    places_make(report, &places);
    text_add(out, "{");
    add_member("schema", "vafit.checks/1", out);
    text_add(out, ",\n");
    add_member("verdict", verdict_name(check_report_verdict(report)), out);
    text_add(out, ",\n");
    add_member("source", report->source, out);
    add_rules(out);
    add_images(report, &places, out);
    add_programs(report, &places, out);
    text_add(out, "}\n");
    free(places.items);
}
