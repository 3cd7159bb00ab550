#include "report/freed_report.h"

#include "base/json.h"
#include "base/size.h"
#include "program/level.h"

#include <stdio.h>
#include <string.h>

static struct freed_image sum_of(const struct freed_report *report) {
    struct freed_image sum = {0};
    for (size_t i = 0; i < report->count; i++) {
        sum.linkedit += report->items[i].linkedit;
        for (size_t j = 0; j < FREED_MOST_LEVELS; j++)
            sum.freed[j] += report->items[i].freed[j];
    }
    return sum;
}

static void write_levels(const struct freed_image *image, struct text *out) {
    const char *before = "";
    for (size_t i = 0; level_name_alone(i) != NULL; i++) {
        if (level_row(i)->only_aligns) /* it frees nothing */
            continue;
        text_addf(out, "%s %s %s", before, level_name_alone(i), size_text(image->freed[i]).text);
        before = ",";
    }
    text_add(out, "\n");
}

void freed_write_text(const struct freed_report *report, struct text *out) {
    struct freed_image sum = sum_of(report);
    for (size_t i = 0; i < report->count; i++) {
        text_add_printable(out, report->items[i].path);
        text_add(out, " would free:");
        write_levels(&report->items[i], out);
    }
    if (report->count < 2)
        return;
    text_addf(out, "all %zu images would free:", report->count);
    write_levels(&sum, out);
}

/* Members of JSON have underscores. */
static json_t *levels_to_json(const struct freed_image *image) {
    json_t *object = json_object();
    for (size_t i = 0; level_name_alone(i) != NULL; i++) {
        char name[32];
        if (level_row(i)->only_aligns)
            continue;
        snprintf(name, sizeof name, "%s", level_name_alone(i));
        for (char *dash = strchr(name, '-'); dash != NULL; dash = strchr(dash, '-'))
            *dash = '_';
        json_object_set_new(object, name, json_bytes(image->freed[i]));
    }
    return object;
}

static json_t *image_to_json(const struct freed_image *image) {
    json_t *object = json_object();
    if (image->path != NULL)
        json_object_set_new(object, "path", json_text(image->path));
    json_object_set_new(object, "linkedit", json_bytes(image->linkedit));
    json_object_set_new(object, "would_free", levels_to_json(image));
    return object;
}

void freed_write_json(const struct freed_report *report, struct text *out) {
    json_t *root = json_object(), *images = json_array();
    struct freed_image sum = sum_of(report);
    json_object_set_new(root, "schema", json_text("vafit.shrink/1"));
    json_object_set_new(root, "images", images);
    for (size_t i = 0; i < report->count; i++)
        json_array_append_new(images, image_to_json(&report->items[i]));
    json_object_set_new(root, "sum", image_to_json(&sum));
    json_write(root, out);
}
