#include "report/growth_report.h"

#include "base/size.h"

#include <inttypes.h>
#include <string.h>

static const struct growth_format formats[] = {
    {"text", growth_write_text},
    {"markdown", growth_write_markdown},
    {"json", growth_write_json},
};

const char *growth_format_name(size_t i) {
    return i < sizeof formats / sizeof formats[0] ? formats[i].name : NULL;
}

const struct growth_format *growth_format_named(const char *name) {
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

bool growth_report_exceeds(const struct growth_report *report,
                           const struct program_growth *program) {
    return report->has_max_growth && program_growth_exceeds(program, report->max_growth);
}

static uint64_t magnitude(int64_t growth) {
    return growth < 0 ? (uint64_t)-growth : (uint64_t)growth;
}

void growth_add_verdict(const struct growth_report *report, const struct program_growth *program,
                        struct text *out) {
    if (program->presence != IN_BOTH) {
        text_addf(out, "is %s", presence_name(program->presence));
        return;
    }
    int64_t growth = growth_of(program->base->sum, program->head->sum);
    if (growth == 0)
        text_add(out, "is as large as it was");
    else
        text_addf(out, "%s by %s", growth > 0 ? "grew" : "shrank",
                  size_text(magnitude(growth)).text);
    if (growth_report_exceeds(report, program))
        text_addf(out,
                  " (%" PRId64 " bytes), more than the %s (%" PRIu64 " bytes) that are allowed",
                  growth, size_text(report->max_growth).text, report->max_growth);
}

void growth_add_signed(int64_t growth, struct text *out) {
    text_addf(out, "%s%s",
              growth > 0   ? "+"
              : growth < 0 ? "-"
                           : "",
              size_text(magnitude(growth)).text);
}

static void add_odds(const struct checked_program *program, struct text *out) {
    if (program->has_window)
        text_addf(out, "%.2f %%", 100 * (double)program->slots_hit / (double)program->slots);
    else
        text_add(out, "-");
}

void growth_add_change_of_odds(const struct program_growth *program, struct text *out) {
    const struct checked_program *base = program->base, *head = program->head;
    add_odds(head, out);
    if (base->has_window == head->has_window &&
        base->slots_hit * head->slots == head->slots_hit * base->slots)
        return;
    text_add(out, ", was ");
    add_odds(base, out);
}

bool growth_add_missing(const struct program_growth *program, struct text *out) {
    uint64_t before = program->base->missing, after = program->head->missing;
    if (before == 0 && after == 0)
        return false;
    text_addf(out,
              "dylibs that are missing: %" PRIu64 ", were missing: %" PRIu64
              "; what they need is not in the sums",
              after, before);
    return true;
}

static bool same_images(const struct image_growths *a, const struct image_growths *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i].path, b->items[i].path) != 0 ||
            a->items[i].presence != b->items[i].presence ||
            a->items[i].before != b->items[i].before || a->items[i].after != b->items[i].after)
            return false;
    return true;
}

bool growth_repeats(const struct growth_report *report, size_t program) {
    if (program == 0)
        return false;
    const struct program_growth *one = &report->growth.items[program], *before = one - 1;
    const struct checked_program *name = program_growth_named(one),
                                 *earlier = program_growth_named(before);
    return strcmp(name->executable, earlier->executable) == 0 &&
           strcmp(name->arch, earlier->arch) == 0 && same_images(&one->images, &before->images);
}
