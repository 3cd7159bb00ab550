#include "crash/text_report.h"

#include <string.h>

enum text_part { PART_HEADER, PART_EVIDENCE, PART_THREADS, PART_IMAGES };

struct text_reader {
    struct arena *arena;
    struct crash_report *report;
    enum text_part part;
    bool is_report;
    bool has_all; /* something follows the images */
    struct crash_images images;
};

/* --- what begins with a word and a colon --- */

static void set(struct text_reader *reader, const char **field, const char *value, size_t size) {
    if (size != 0)
        crash_report_set(reader->arena, field, value, size);
}

/* "Demo [4711]" */
static void take_process(struct text_reader *reader, const char *value, size_t size) {
    size_t name = size;
    while (name != 0 && value[name - 1] != '[')
        name--;
    if (name > 1 && value[size - 1] == ']')
        size = name - 1;
    while (size != 0 && value[size - 1] == ' ')
        size--;
    set(reader, &reader->report->process, value, size);
}

static void take_path(struct text_reader *reader, const char *value, size_t size) {
    set(reader, &reader->report->path, value, size);
}

static void take_cpu(struct text_reader *reader, const char *value, size_t size) {
    set(reader, &reader->report->cpu, value, size);
    reader->report->is_translated |=
        reader->report->cpu != NULL && strstr(reader->report->cpu, "Translated") != NULL;
}

static void take_os(struct text_reader *reader, const char *value, size_t size) {
    set(reader, &reader->report->os, value, size);
}

static const struct header {
    const char *words;
    void (*take)(struct text_reader *reader, const char *value, size_t size);
} headers[] = {
    {"Process:", take_process},
    {"Path:", take_path},
    {"Code Type:", take_cpu},
    {"OS Version:", take_os},
};

static void take_header(struct text_reader *reader, const struct pasted_line *line) {
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        size_t size = strlen(headers[i].words);
        if (!line->has_ended || !pasted_line_begins(line, headers[i].words))
            continue;
        while (size < line->size && (line->at[size] == ' ' || line->at[size] == '\t'))
            size++;
        headers[i].take(reader, line->at + size, line->size - size);
    }
}

/* --- images --- */

/* What stands before "<UUID>" or the path: "+com.example.demo (1.0 - 1)", "Demo arm64". */
static void take_identifier(struct text_reader *reader, const char *at, const char *end,
                            struct crash_image *image) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '+'))
        at++;
    const char *start = at;
    while (at < end && !(*at == ' ' && at + 1 < end && strchr(" (<", at[1]) != NULL))
        at++;
    const char *name = arena_copy(reader->arena, start, (size_t)(at - start));
    struct crash_image named = {0};
    crash_image_name(reader->arena, name, &named);
    image->name = named.name;
}

/* What follows the addresses: identifier, UUID and path. */
static void take_names(struct text_reader *reader, const char *at, const char *end,
                       struct crash_image *image) {
    const char *open = memchr(at, '<', (size_t)(end - at));
    const char *close = open == NULL ? NULL : memchr(open, '>', (size_t)(end - open));
    const char *slash = memchr(at, '/', (size_t)(end - at));
    take_identifier(reader, at, open != NULL ? open : slash != NULL ? slash : end, image);
    if (close != NULL) {
        crash_image_uuid(arena_copy(reader->arena, open + 1, (size_t)(close - open) - 1), image);
        slash = memchr(close, '/', (size_t)(end - close));
    }
    if (slash != NULL)
        crash_image_name(reader->arena, arena_copy(reader->arena, slash, (size_t)(end - slash)),
                         image);
}

/* "0x100000000 - 0x100003fff ..."; the end is the last byte of __TEXT. */
static bool take_image(struct text_reader *reader, const struct pasted_line *line, size_t skip) {
    const char *at = line->at + skip, *end = line->at + line->size;
    struct crash_image image = {.name = "", .folder = ""};
    uint64_t last;
    while (at < end && *at == ' ')
        at++;
    if (end - at < 2 || at[0] != '0' || at[1] != 'x' || !pasted_hex(&at, end, &image.base))
        return false;
    while (at < end && *at == ' ')
        at++;
    if (at == end || *at++ != '-' || !pasted_hex(&at, end, &last))
        return false;
    if (!line->has_ended || last < image.base || last == UINT64_MAX)
        return true;
    image.text_size = last - image.base + 1;
    take_names(reader, at, end, &image);
    *vector_push(reader->arena, &reader->images) = image;
    return true;
}

/* --- parts --- */

static bool begins_threads(const struct pasted_line *line) {
    return pasted_line_begins(line, "Thread ") && line->size > 7 && line->at[7] >= '0' &&
           line->at[7] <= '9';
}

static const struct headline {
    const char *words;
    enum text_part part;
} headlines[] = {
    {"Exception Type:", PART_EVIDENCE},
    {"Termination Reason:", PART_EVIDENCE},
    {"Application Specific Information:", PART_EVIDENCE},
    {"Dyld Error Message:", PART_EVIDENCE},
    {"Last Exception Backtrace:", PART_THREADS},
    {"Binary Images:", PART_IMAGES},
};

/* Whether the line begins another part. */
static bool turn_to_part(struct text_reader *reader, const struct pasted_line *line) {
    if (begins_threads(line)) {
        reader->part = reader->part == PART_IMAGES ? PART_IMAGES : PART_THREADS;
        return true;
    }
    for (size_t i = 0; i < sizeof headlines / sizeof headlines[0]; i++)
        if (pasted_line_begins(line, headlines[i].words)) {
            reader->part = headlines[i].part;
            reader->is_report = true;
            if (reader->part == PART_IMAGES)
                take_image(reader, line, strlen(headlines[i].words));
            return reader->part != PART_EVIDENCE;
        }
    return false;
}

static void take_line(struct text_reader *reader, const struct pasted_line *line) {
    if (turn_to_part(reader, line))
        return;
    if (reader->part == PART_HEADER)
        take_header(reader, line);
    else if (reader->part == PART_EVIDENCE)
        crash_report_add_evidence(reader->arena, reader->report, line->at, line->size);
    else if (reader->part == PART_IMAGES && !take_image(reader, line, 0))
        reader->has_all |= pasted_line_begins(line, "External Modification Summary:") ||
                           pasted_line_begins(line, "VM Region Summary:") ||
                           pasted_line_begins(line, "EOF");
}

static bool begins_json(const struct pasted_line *line) {
    return pasted_line_begins(line, "{\"") || (line->size == 1 && line->at[0] == '{');
}

bool text_report_read(struct arena *arena, const struct pasted *pasted,
                      struct crash_report *report) {
    struct text_reader reader = {.arena = arena, .report = report};
    struct pasted_line line;
    for (size_t at = 0; pasted_next_line(pasted, &at, &line);) {
        if (pasted_line_begins(&line, "Full Report"))
            reader.has_all |= reader.images.count != 0;
        if (begins_json(&line) || pasted_line_begins(&line, "Full Report"))
            break;
        take_line(&reader, &line);
    }
    crash_report_offer_images(report, &reader.images, reader.has_all, true);
    return reader.is_report;
}
