#include "base/error.h"
#include "base/json.h"
#include "report/check_json.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>

/* Where each image stands in the list of all: a table of open addresses, at most half full. */
struct image_places {
    struct image_place {
        const struct image_slice *slice; /* NULL for none */
        size_t index;
    } * items;
    size_t size; /* a power of two */
    size_t count;
};

static void places_make(const struct check_report *report, struct image_places *places) {
    size_t most = 1;
    for (size_t i = 0; i < report->count; i++)
        most += report->items[i].judged.program->images.count;
    *places = (struct image_places){.size = 1024};
    while (places->size < 2 * most && places->size < SIZE_MAX / 2)
        places->size *= 2;
    places->items = calloc(places->size, sizeof *places->items);
    if (places->items == NULL)
        out_of_memory();
}

/* The place of the slice, or the free one where it is to stand. */
static struct image_place *place_of(const struct image_places *places,
                                    const struct image_slice *slice) {
    size_t at = (size_t)(((uintptr_t)slice >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 20);
    for (at &= places->size - 1; places->items[at].slice != NULL;
         at = (at + 1) & (places->size - 1))
        if (places->items[at].slice == slice)
            break;
    return &places->items[at];
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
            struct image_place *place = place_of(places, program->images.items[j].slice);
            if (place->slice != NULL)
                continue;
            *place = (struct image_place){program->images.items[j].slice, places->count++};
            add_line(check_json_image(&program->images.items[j], NULL), place->index == 0, out);
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
    text_addf(out, "%s[%zu,", i == 0 ? "" : ",", place_of(places, images[i].slice)->index);
    if (address == UINT64_MAX)
        text_add(out, "null,");
    else
        text_addf(out, "%" PRIu64 ",", address);
    if (loader == i)
        text_add(out, "null]");
    else
        text_addf(out, "%zu]", place_of(places, images[loader].slice)->index);
}

static void add_program(const struct program_report *report, const struct image_places *places,
                        bool is_first, struct text *out) {
    add_line(check_json_program(report, NULL, false), is_first, out);
    text_shorten(out, 1); /* the object goes on */
    text_add(out, ",\"images\":[");
    for (size_t i = 0; i < report->judged.program->images.count; i++)
        add_row(report, places, i, out);
    text_add(out, "]}");
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
    begin_list("programs", out);
    for (size_t i = 0; i < report->count; i++)
        add_program(&report->items[i], &places, i == 0, out);
    text_add(out, "\n]}\n");
    free(places.items);
}
