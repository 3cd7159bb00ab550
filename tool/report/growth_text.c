#include "base/size.h"
#include "report/growth_report.h"
#include "report/systems.h"

static void write_head(const struct growth_report *report, const struct program_growth *program,
                       struct text *out) {
    const struct checked_program *named = program_growth_named(program);
    bool exceeds = growth_report_exceeds(report, program);
    text_addf_printable(out, "%s (%s, %s) ", named->executable, named->arch, named->profile);
    if (report->color)
        text_add(out, severity_color(exceeds ? SEVERITY_ERROR : SEVERITY_PASS));
    growth_add_verdict(report, program, out);
    text_addf(out, "%s\n", report->color ? COLOR_END : "");
}

static void write_size(const char *name, uint64_t before, uint64_t after, struct text *out) {
    int digits = size_digits_apart(before, after);
    text_addf(out, "  %s: %s", name, size_text_gib_digits(after, digits).text);
    if (before == after) {
        text_add(out, ", as before\n");
        return;
    }
    text_addf(out, ", was %s: ", size_text_gib_digits(before, digits).text);
    growth_add_signed(growth_of(before, after), out);
    text_add(out, "\n");
}

static void write_odds(const struct program_growth *program, struct text *out) {
    if (!program->base->has_window && !program->head->has_window)
        return;
    text_add(out, "  launches that abort: ");
    growth_add_change_of_odds(program, out);
    text_add(out, "\n");
}

static void write_missing(const struct program_growth *program, struct text *out) {
    struct text missing = {0};
    if (growth_add_missing(program, &missing))
        text_addf(out, "  %s\n", missing.data);
    text_free(&missing);
}

static void write_image(const struct image_growth *image, struct text *out) {
    struct text grew = {0};
    growth_add_signed(growth_of(image->before, image->after), &grew);
    text_addf(out, "    %11s  ", grew.data);
    text_add_printable(out, image->path);
    if (image->presence != IN_BOTH)
        text_addf(out, " (%s)", presence_name(image->presence));
    text_add(out, "\n");
    text_free(&grew);
}

static void write_images(const struct growth_report *report, const struct program_growth *program,
                         struct text *out) {
    const struct image_growths *images = &program->images;
    size_t first, last;
    image_growths_most(images, report->top, &first, &last);
    text_addf(out, "  images that changed: %zu; that did not: %zu\n", images->count,
              program->unchanged);
    for (size_t i = 0; i < first; i++)
        write_image(&images->items[i], out);
    if (first + last < images->count)
        text_addf(out, "    and %zu more, which changed less; --top shows them\n",
                  images->count - first - last);
    for (size_t i = images->count - last; i < images->count; i++)
        write_image(&images->items[i], out);
}

void growth_write_text(const struct growth_report *report, struct text *out) {
    text_add(out, "");
    for (size_t i = 0; i < report->growth.count; i++) {
        const struct program_growth *program = &report->growth.items[i];
        write_head(report, program, out);
        if (program->presence != IN_BOTH)
            continue;
        write_size("sum", program->base->sum, program->head->sum, out);
        write_size("top with the greatest slide", program->base->top_slid, program->head->top_slid,
                   out);
        write_odds(program, out);
        write_missing(program, out);
        if (!growth_repeats(report, i))
            write_images(report, program, out);
    }
}
