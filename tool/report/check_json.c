#include "report/check_json.h"

#include "base/json.h"
#include "base/text_beside.h"
#include "program/linkedit_sizes_json.h"
#include "report/link_switches.h"

#include <string.h>

static void set_text(json_t *object, const char *name, const char *value) {
    json_object_set_new(object, name, json_text(value));
}

static void set_bytes(json_t *object, const char *name, uint64_t value) {
    json_object_set_new(object, name, json_bytes(value));
}

/* null for what the profile or the architecture has not. */
static void set_bytes_if(json_t *object, const char *name, bool known, uint64_t value) {
    json_object_set_new(object, name, known ? json_bytes(value) : json_null());
}

static json_t *address_space(const struct measure *measure, const struct judgement *judgement) {
    json_t *object = json_object();
    set_bytes(object, "pagezero", measure->page_zero);
    set_bytes(object, "executable", measure->executable);
    set_bytes(object, "dylibs", measure->dylibs);
    set_bytes(object, "images", measure->page_zero + measure->executable + measure->dylibs);
    set_bytes(object, "shared_region", judgement->shared_region);
    set_bytes(object, "sum", judgement->sum);
    return object;
}

static json_t *placement(const struct program_report *report) {
    const struct judgement *judgement = &report->judgement;
    json_t *object = json_object();
    set_bytes(object, "top", judgement->top);
    set_bytes(object, "top_slid", judgement->top_slid);
    set_bytes_if(object, "limit", judgement->has_limit, judgement->limit);
    set_bytes(object, "headroom", report->judged.limits->headroom);
    set_bytes(object, "beyond", judgement->beyond);
    return object;
}

static json_t *malloc_window(const struct judgement *judgement) {
    if (!judgement->has_window)
        return json_null();
    json_t *object = json_object();
    set_bytes(object, "slots_hit", judgement->slots_hit);
    set_bytes(object, "slots", judgement->slots);
    json_object_set_new(object, "probability",
                        json_real((double)judgement->slots_hit / (double)judgement->slots));
    return object;
}

static json_t *shared_region(const struct judgement *judgement) {
    if (!judgement->has_slides)
        return json_null();
    json_t *object = json_object();
    set_bytes(object, "slides_hit", judgement->slides_hit);
    set_bytes(object, "slides", judgement->slides);
    json_object_set_new(object, "probability",
                        json_real((double)judgement->slides_hit / (double)judgement->slides));
    return object;
}

json_t *check_json_help(const struct help *text) {
    json_t *object = json_object();
    set_text(object, "what", text->what);
    set_text(object, "why", text->why);
    set_text(object, "what_to_do", text->what_to_do);
    set_text(object, "if_not_possible", text->if_not_possible);
    return object;
}

/* What helps against this finding, where that is not the rule's own help. */
static json_t *own_help(const struct finding *finding) {
    json_t *object = json_object();
    set_text(object, "what_to_do", finding->what_to_do);
    set_text(object, "if_not_possible", finding->if_not_possible);
    return object;
}

static void set_help(json_t *object, const struct finding *finding, bool has_help) {
    struct help text = finding_help(finding);
    if (has_help)
        json_object_set_new(object, "help", check_json_help(&text));
    else if (finding->what_to_do != NULL || finding->if_not_possible != NULL)
        json_object_set_new(object, "help", own_help(finding));
}

static json_t *findings(const struct findings *list, bool has_help) {
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const struct finding *finding = &list->items[i];
        json_t *object = json_object();
        set_text(object, "rule", rule_row(finding->rule)->name);
        set_text(object, "level", severity_name(finding->severity));
        set_bytes_if(object, "actual", finding->has_numbers, finding->actual);
        set_bytes_if(object, "limit", finding->has_numbers, finding->limit);
        set_bytes_if(object, "margin", finding->has_numbers, (uint64_t)finding->margin);
        set_text(object, "message", finding->message);
        set_help(object, finding, has_help);
        json_array_append_new(array, object);
    }
    return array;
}

json_t *check_json_image(const struct loaded_image *loaded, json_t *address) {
    struct linkedit_sizes linkedit_sizes = image_slice_linkedit_sizes(loaded->slice);
    json_t *object = json_object();
    set_text(object, "path", loaded->file->path);
    set_text(object, "install_name", loaded->image->install_name);
    set_bytes(object, "va", loaded->image->vm_space);
    set_bytes(object, "file_size", loaded->file->size);
    if (address != NULL)
        json_object_set_new(object, "address", address);
    set_bytes(object, "linkedit", loaded->image->linkedit_size);
    json_object_set_new(object, "parts", linkedit_sizes_to_json(&linkedit_sizes));
    return object;
}

static json_t *image(const struct program_report *report, size_t index) {
    const struct loaded_image *images = report->judged.program->images.items;
    const struct loaded_image *loaded = &images[index];
    uint64_t address = report->judgement.addresses[index];
    json_t *object =
        check_json_image(loaded, address == UINT64_MAX ? json_null() : json_bytes(address));
    set_text(object, "loaded_by",
             loaded->loaded_by == index ? NULL : images[loaded->loaded_by].file->path);
    return object;
}

static json_t *images(const struct program_report *report) {
    json_t *array = json_array();
    for (size_t i = 0; i < report->judged.program->images.count; i++)
        json_array_append_new(array, image(report, i));
    return array;
}

static json_t *unresolved(const struct program *program) {
    json_t *array = json_array();
    for (size_t i = 0; i < program->missing.count; i++) {
        const struct missing *missing = &program->missing.items[i];
        json_t *object = json_object();
        set_text(object, "name", missing->name);
        set_text(object, "loaded_by", program->images.items[missing->loaded_by].file->path);
        json_object_set_new(object, "weak", json_boolean(missing->weak));
        json_object_set_new(object, "allowed", json_boolean(missing->allowed));
        json_object_set_new(object, "tried",
                            json_texts(missing->tried.items, missing->tried.count));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *would_free(const struct program_report *report) {
    struct freed_bytes freed = freed_by_heaviest(report);
    json_t *object = json_object();
    set_bytes(object, "images", report->heaviest_count);
    set_bytes_if(object, "lossless", freed.has_lossless, freed.lossless);
    set_bytes(object, "debug_map", freed.debug_map);
    set_bytes(object, "locals", freed.locals);
    set_bytes(object, "symbols", freed.symbols);
    set_bytes_if(object, "exports", freed.has_exports, freed.exports);
    return object;
}

static json_t *unused_exports(const struct program_report *report) {
    const struct unused_exports *unused = &report->unused_exports;
    json_t *object = json_object();
    set_bytes_if(object, "count", unused->known, unused->count);
    set_bytes_if(object, "bytes", unused->known, unused->bytes);
    set_text(object, "unknown",
             report->exports_unknown != NULL || unused->known ? report->exports_unknown
                                                              : "only --advice always counts them");
    return object;
}

static json_t *switches(const struct program_report *report) {
    json_t *array = json_array();
    for (size_t i = 0; link_switch_row(i) != NULL; i++) {
        const struct link_switch *row = link_switch_row(i);
        json_t *object = json_object();
        uint64_t bytes = 0;
        bool known = row->bytes(report, &bytes);
        set_text(object, "switch", row->name);
        set_text(object, "avoids", row->avoids);
        set_text(object, "price", row->price);
        set_bytes_if(object, "bytes", known, bytes);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *names_size(const struct names_size *size) {
    json_t *object = json_object();
    set_bytes(object, "strings", size->strings);
    set_bytes(object, "entries", size->entries);
    set_bytes(object, "count", size->count);
    return object;
}

static json_t *top_names(const struct top_names *names) {
    json_t *object, *rows = json_array();
    if (names == NULL) {
        json_decref(rows);
        return json_null();
    }
    for (size_t i = 0; i < names->count; i++) {
        json_t *row = names_size(&names->items[i].size);
        set_text(row, "prefix", names->items[i].prefix);
        set_text(row, "kind", name_kind_text(names->items[i].kind));
        json_array_append_new(rows, row);
    }
    object = json_object();
    json_object_set_new(object, "rows", rows);
    json_object_set_new(object, "rest", names_size(&names->rest));
    json_object_set_new(object, "total", names_size(&names->total));
    return object;
}

json_t *check_json_program(const struct program_report *report, json_t *images, bool has_help) {
    json_t *object = json_object();
    set_text(object, "executable", report->judged.program->path);
    set_text(object, "arch", report->judged.program->architecture->name);
    set_text(object, "profile", report->judged.profile->name);
    set_text(object, "verdict", verdict_name(report->judgement.verdict));
    set_bytes(object, "image_count", report->judged.program->images.count);
    set_bytes(object, "system_image_count", report->judged.program->system.count);
    json_object_set_new(object, "va", address_space(&report->measure, &report->judgement));
    json_object_set_new(object, "placement", placement(report));
    json_object_set_new(object, "malloc_window", malloc_window(&report->judgement));
    json_object_set_new(object, "shared_region", shared_region(&report->judgement));
    json_object_set_new(object, "hardened",
                        json_boolean(program_is_hardened(report->judged.program)));
    json_object_set_new(object, "would_free", would_free(report));
    json_object_set_new(object, "unused_exports", unused_exports(report));
    json_object_set_new(object, "switches", switches(report));
    json_object_set_new(object, "top_names", top_names(report->top_names));
    json_object_set_new(object, "findings", findings(&report->judgement.findings, has_help));
    if (images != NULL)
        json_object_set_new(object, "images", images);
    json_object_set_new(object, "unresolved", unresolved(report->judged.program));
    return object;
}

static void write_program(void *context, size_t i, struct text *out) {
    const struct program_report *report = &((const struct check_report *)context)->items[i];
    text_add(out, i == 0 ? "\n    " : ",\n    ");
    json_add_inside(check_json_program(report, images(report), true), 2, out);
}

static void add_member(const char *name, const char *value, struct text *out) {
    text_addf(out, "  \"%s\": ", name);
    json_add_line(json_text(value), out);
    text_add(out, ",\n");
}

/* A tree of all programs would take many times the memory of the text. */
void check_write_json(const struct check_report *report, const struct report_style *style,
                      struct text *out) {
    (void)style;
    text_add(out, "{\n");
    add_member("schema", "vafit.check/1", out);
    add_member("verdict", verdict_name(check_report_verdict(report)), out);
    add_member("source", report->source, out);
    text_add(out, "  \"programs\": [");
    text_add_beside(out, report->count, write_program, (void *)report);
    text_add(out, report->count == 0 ? "]\n}\n" : "\n  ]\n}\n");
}
