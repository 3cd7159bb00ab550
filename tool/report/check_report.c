#include "report/check_report.h"

#include "base/memory.h"

#include <stdlib.h>

#include <string.h>

static const struct report_format formats[] = {
    {"text", check_write_text, NULL},   {"json", check_write_json, check_write_json_compact},
    {"sarif", check_write_sarif, NULL}, {"github", check_write_github, NULL},
    {"junit", check_write_junit, NULL},
};

const char *report_format_name(size_t i) {
    return i < sizeof formats / sizeof formats[0] ? formats[i].name : NULL;
}

const struct report_format *report_format_named(const char *name) {
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

enum verdict check_report_verdict(const struct check_report *report) {
    enum verdict worst = VERDICT_FITS;
    for (size_t i = 0; i < report->count; i++)
        if (report->items[i].judgement.verdict > worst)
            worst = report->items[i].judgement.verdict;
    return worst;
}

struct freed_bytes freed_by_image(const struct linkedit_sizes *linkedit_sizes) {
    struct freed_bytes freed = {.has_lossless = linkedit_sizes->has_lossless,
                                .lossless = linkedit_sizes->lossless};
    if (!linkedit_sizes->exact)
        return freed;
    freed.debug_map = linkedit_sizes->debug_map;
    freed.locals = freed.debug_map + linkedit_sizes->local_symbols;
    freed.symbols = freed.locals + linkedit_sizes->symbols + linkedit_sizes->strings;
    return freed;
}

struct freed_bytes freed_by_heaviest(const struct program_report *report) {
    struct freed_bytes sum = {.has_lossless = true, .has_exports = report->unused_exports.known};
    for (size_t i = 0; i < report->heaviest_count; i++) {
        const struct loaded_image *loaded =
            &report->judged.program->images.items[report->heaviest[i]];
        struct linkedit_sizes linkedit_sizes = image_slice_linkedit_sizes(loaded->slice);
        struct freed_bytes freed = freed_by_image(&linkedit_sizes);
        sum.has_lossless &= freed.has_lossless;
        sum.lossless += freed.lossless;
        sum.debug_map += freed.debug_map;
        sum.locals += freed.locals;
        sum.symbols += freed.symbols;
        sum.exports += freed.symbols + loaded->slice->unused_exports.bytes;
    }
    return sum;
}

bool program_is_hardened(const struct program *program) {
    return program->has_executable && program->images.items[0].slice->hardened;
}

const char *program_hardened_note(const struct program *program) {
    if (!program_is_hardened(program) || strcmp(program->architecture->family, "arm64") != 0)
        return NULL;
    return "a hardened process (entitlement hardened-process): its dylibs may be placed at random, "
           "so that image-sum and malloc-window may not apply";
}

bool program_reports_next(const struct check_report *report, size_t *position,
                          struct program_reports *reports) {
    if (*position >= report->count)
        return false;
    const struct program_report *first = &report->items[*position];
    *reports = (struct program_reports){.program = first->judged.program, .items = first};
    reports->systems.items =
        memory_zeros(report->count - *position, sizeof *reports->systems.items);
    for (; *position < report->count; ++*position) {
        const struct program_report *item = &report->items[*position];
        if (item->judged.program != reports->program)
            break;
        reports->systems.items[reports->systems.count++] =
            (struct system_view){item->judged.profile->name, &item->judgement};
    }
    return true;
}

void program_reports_free(struct program_reports *reports) {
    free(reports->systems.items);
}
