#include "crash/ips.h"

#include "crash/loose_json.h"

#include <inttypes.h>
#include <string.h>

struct ips {
    struct arena *arena;
    struct crash_report *report;
    bool is_report; /* a member was met that only reports have */
    const char *train;
    const char *build;
    /* Of "termination", which text has in one line. */
    const char *namespace;
    const char *indicator;
    uint64_t code;
    bool has_code;
    struct crash_images images;
    struct crash_image image; /* the one that is read */
    bool has_all_images;
    bool is_image;
    bool is_placeholder;
    bool has_base;
    bool has_cache_base;
    uint64_t cache_base;
};

typedef void take_value(struct ips *ips, const struct loose_value *value);

/* --- why it ended --- */

static void take_evidence(struct ips *ips, const struct loose_value *value) {
    crash_report_add_evidence(ips->arena, ips->report, value->text, strlen(value->text));
}

static void take_namespace(struct ips *ips, const struct loose_value *value) {
    crash_report_set(ips->arena, &ips->namespace, value->text, strlen(value->text));
}

static void take_indicator(struct ips *ips, const struct loose_value *value) {
    crash_report_set(ips->arena, &ips->indicator, value->text, strlen(value->text));
}

static void take_code(struct ips *ips, const struct loose_value *value) {
    if (!ips->has_code)
        ips->code = value->number;
    ips->has_code = true;
}

/* --- which program, on which system --- */

static void take_os(struct ips *ips, const struct loose_value *value) {
    crash_report_set(ips->arena, &ips->report->os, value->text, strlen(value->text));
}

static void take_train(struct ips *ips, const struct loose_value *value) {
    crash_report_set(ips->arena, &ips->train, value->text, strlen(value->text));
}

static void take_build(struct ips *ips, const struct loose_value *value) {
    crash_report_set(ips->arena, &ips->build, value->text, strlen(value->text));
}

static void take_process(struct ips *ips, const struct loose_value *value) {
    crash_report_set(ips->arena, &ips->report->process, value->text, strlen(value->text));
}

static void take_path(struct ips *ips, const struct loose_value *value) {
    crash_report_set(ips->arena, &ips->report->path, value->text, strlen(value->text));
}

static void take_cpu(struct ips *ips, const struct loose_value *value) {
    crash_report_set(ips->arena, &ips->report->cpu, value->text, strlen(value->text));
}

static void take_bug_type(struct ips *ips, const struct loose_value *value) {
    crash_report_set(ips->arena, &ips->report->bug_type, value->text, strlen(value->text));
}

static void take_process_number(struct ips *ips, const struct loose_value *value) {
    if (ips->report->process_number == 0)
        ips->report->process_number = value->number;
}

static void take_slice(struct ips *ips, const struct loose_value *value) {
    struct crash_image slice = {0};
    if (!crash_image_uuid(value->text, &slice) || ips->report->has_uuid)
        return;
    memcpy(ips->report->uuid, slice.uuid, sizeof slice.uuid);
    ips->report->has_uuid = true;
}

/* How many digits differ of two numbers of a report, which pasting may have broken. */
static size_t different_digits(const char *a, const char *b) {
    static const char digits[] = "0123456789ABCDEFabcdef";
    size_t count = 0;
    for (;;) {
        a += strcspn(a, digits);
        b += strcspn(b, digits);
        if (*a == '\0' || *b == '\0')
            return count;
        count += *a++ != *b++;
    }
}

enum { DAMAGED_DIGITS = 8 };

/* Header and body have the same, but for what is damaged. */
static void take_incident(struct ips *ips, const struct loose_value *value) {
    const char *known = ips->report->incident;
    if (known == NULL)
        crash_report_set(ips->arena, &ips->report->incident, value->text, strlen(value->text));
    else if (different_digits(known, value->text) > DAMAGED_DIGITS)
        ips->report->has_several = true;
}

static void take_platform(struct ips *ips, const struct loose_value *value) {
    if (ips->report->platform == 0)
        ips->report->platform = value->number;
}

static void take_translated(struct ips *ips, const struct loose_value *value) {
    (void)value;
    ips->report->is_translated = true;
}

static void take_cache_base(struct ips *ips, const struct loose_value *value) {
    ips->cache_base = value->number;
    ips->has_cache_base = true;
}

static void take_cache_size(struct ips *ips, const struct loose_value *value) {
    struct span *cache = &ips->report->cache;
    if (ips->has_cache_base && value->number <= UINT64_MAX - ips->cache_base)
        *cache = (struct span){ips->cache_base, ips->cache_base + value->number};
}

/* --- images --- */

static void begin_image(struct ips *ips, const struct loose_value *value) {
    (void)value;
    ips->image = (struct crash_image){.name = "", .folder = ""};
    ips->is_image = true;
    ips->is_placeholder = false;
    ips->has_base = false;
}

/* An image of which the base was read, with its end: what is cut off could have said otherwise. */
static void end_image(struct ips *ips, const struct loose_value *value) {
    (void)value;
    if (ips->is_image && ips->has_base && !ips->is_placeholder)
        *vector_push(ips->arena, &ips->images) = ips->image;
    ips->is_image = false;
}

static void end_images(struct ips *ips, const struct loose_value *value) {
    (void)value;
    ips->has_all_images = true;
}

static void take_base(struct ips *ips, const struct loose_value *value) {
    ips->image.base = value->number;
    ips->has_base = true;
}

static void take_size(struct ips *ips, const struct loose_value *value) {
    ips->image.text_size = value->number;
}

static void take_source(struct ips *ips, const struct loose_value *value) {
    ips->is_placeholder = strcmp(value->text, "A") == 0;
}

static void take_uuid(struct ips *ips, const struct loose_value *value) {
    crash_image_uuid(value->text, &ips->image);
}

/* The name of a path is a file's; that of "name" may be a bundle identifier. */
static void take_image_path(struct ips *ips, const struct loose_value *value) {
    crash_image_name(ips->arena, value->text, &ips->image);
}

static void take_image_name(struct ips *ips, const struct loose_value *value) {
    struct crash_image named = {0};
    crash_image_name(ips->arena, value->text, &named);
    if (ips->image.name[0] == '\0')
        ips->image.name = named.name;
}

/* What of a report is asked for. */
static const struct member {
    const char *path;
    enum loose_kind kind;
    take_value *take;
    bool is_of_reports; /* no other JSON has it */
} members[] = {
    {"bug_type", LOOSE_TEXT, take_bug_type, true},
    {"os_version", LOOSE_TEXT, take_os, true},
    {"slice_uuid", LOOSE_TEXT, take_slice, true},
    {"incident_id", LOOSE_TEXT, take_incident, true},
    {"incident", LOOSE_TEXT, take_incident, false},
    {"platform", LOOSE_NUMBER, take_platform, false},
    {"app_name", LOOSE_TEXT, take_process, false},
    {"procName", LOOSE_TEXT, take_process, true},
    {"procPath", LOOSE_TEXT, take_path, true},
    {"pid", LOOSE_NUMBER, take_process_number, false},
    {"cpuType", LOOSE_TEXT, take_cpu, true},
    {"translated", LOOSE_TRUE, take_translated, false},
    {"osVersion.train", LOOSE_TEXT, take_train, true},
    {"osVersion.build", LOOSE_TEXT, take_build, true},
    {"exception.type", LOOSE_TEXT, take_evidence, true},
    {"exception.signal", LOOSE_TEXT, take_evidence, true},
    {"exception.subtype", LOOSE_TEXT, take_evidence, true},
    {"exception.message", LOOSE_TEXT, take_evidence, true},
    {"termination.namespace", LOOSE_TEXT, take_namespace, true},
    {"termination.code", LOOSE_NUMBER, take_code, true},
    {"termination.indicator", LOOSE_TEXT, take_indicator, true},
    {"termination.reasons", LOOSE_TEXT, take_evidence, true},
    {"termination.details", LOOSE_TEXT, take_evidence, true},
    {"usedImages", LOOSE_BEGIN, begin_image, true},
    {"usedImages", LOOSE_END, end_image, true},
    {"usedImages", LOOSE_LIST_END, end_images, true},
    {"usedImages.base", LOOSE_NUMBER, take_base, true},
    {"usedImages.size", LOOSE_NUMBER, take_size, true},
    {"usedImages.source", LOOSE_TEXT, take_source, true},
    {"usedImages.uuid", LOOSE_TEXT, take_uuid, true},
    {"usedImages.path", LOOSE_TEXT, take_image_path, true},
    {"usedImages.name", LOOSE_TEXT, take_image_name, true},
    {"sharedCache.base", LOOSE_NUMBER, take_cache_base, true},
    {"sharedCache.size", LOOSE_NUMBER, take_cache_size, true},
};

static void visit(void *context, const struct loose_value *value) {
    struct ips *ips = context;
    /* Application-specific information: a list for each library that has something to say. */
    if (value->kind == LOOSE_TEXT && strncmp(value->path, "asi.", 4) == 0) {
        take_evidence(ips, value);
        ips->is_report = true;
        return;
    }
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (members[i].kind == value->kind && strcmp(members[i].path, value->path) == 0) {
            members[i].take(ips, value);
            ips->is_report |= members[i].is_of_reports;
        }
}

/* As text has it: "Namespace DYLD, Code 1, Library missing". */
static void add_termination(struct ips *ips) {
    struct text text = {0};
    if (ips->namespace == NULL)
        return;
    text_addf(&text, "Namespace %s", ips->namespace);
    if (ips->has_code)
        text_addf(&text, ", Code %" PRIu64, ips->code);
    if (ips->indicator != NULL)
        text_addf(&text, ", %s", ips->indicator);
    crash_report_add_evidence(ips->arena, ips->report, text.data, text.size);
    text_free(&text);
}

static void add_os(struct ips *ips) {
    if (ips->report->os != NULL || ips->train == NULL)
        return;
    ips->report->os = ips->build == NULL
                          ? ips->train
                          : arena_format(ips->arena, "%s (%s)", ips->train, ips->build);
}

bool ips_read(struct arena *arena, const struct pasted *pasted, struct crash_report *report) {
    struct ips ips = {.arena = arena, .report = report};
    loose_json_visit(pasted, visit, &ips);
    add_termination(&ips);
    add_os(&ips);
    crash_report_offer_images(report, &ips.images, ips.has_all_images, true);
    return ips.is_report;
}
