/* Tables of GitHub Flavored Markdown. A cell ends at each "|", in code too, and a code span at a
 * run of "`"; neither can be escaped in a way that all readers share, but as an HTML entity, and
 * these stand in no code span. */
#include "base/size.h"
#include "report/growth_report.h"

#include <string.h>

/* Adds a name as code, so that no part of it is markup, a link or somebody who is called. */
static void add_code(const char *name, struct text *out) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                " _./+,:=@%-~()#";
    struct text printable = {0};
    text_add(&printable, "");
    text_add_printable(&printable, name);
    const char *at = printable.data;
    if (*at != '\0' && at[strspn(at, plain)] == '\0' && at[0] != ' ') {
        text_addf(out, "`%s`", at);
    } else {
        text_add(out, "<code>");
        for (; *at != '\0'; at++)
            if ((*at & 0x80) != 0 || (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') ||
                (*at >= 'A' && *at <= 'Z'))
                text_add_bytes(out, at, 1);
            else
                text_addf(out, "&#%d;", *at);
        text_add(out, "</code>");
    }
    text_free(&printable);
}

static void add_size(uint64_t before, uint64_t after, struct text *out) {
    text_addf(out, " %s |", size_text_gib_digits(after, size_digits_apart(before, after)).text);
}

static void add_growth(bool is_marked, uint64_t before, uint64_t after, struct text *out) {
    text_add(out, is_marked ? " **" : " ");
    growth_add_signed(growth_of(before, after), out);
    text_add(out, is_marked ? "** |" : " |");
}

static void write_program(const struct growth_report *report, const struct program_growth *program,
                          struct text *out) {
    const struct checked_program *base = program->base, *head = program->head;
    const struct checked_program *named = program_growth_named(program);
    text_add(out, "| ");
    add_code(named->executable, out);
    text_add(out, " | ");
    add_code(named->arch, out);
    text_add(out, " | ");
    add_code(named->profile, out);
    text_add(out, " |");
    if (program->presence != IN_BOTH) {
        text_addf(out, " %s | %s | | | |\n", size_text_gib(named->sum).text,
                  presence_name(program->presence));
        return;
    }
    add_size(base->sum, head->sum, out);
    add_growth(growth_report_exceeds(report, program), base->sum, head->sum, out);
    add_size(base->top_slid, head->top_slid, out);
    add_growth(false, base->top_slid, head->top_slid, out);
    text_add(out, " ");
    growth_add_change_of_odds(program, out);
    text_add(out, " |\n");
}

static void write_image(const struct image_growth *image, struct text *out) {
    text_add(out, "| ");
    add_code(image->path, out);
    text_addf(out, " | %s |",
              image->presence == ONLY_IN_HEAD ? "new" : size_text(image->before).text);
    text_addf(out, " %s |",
              image->presence == ONLY_IN_BASE ? "gone" : size_text(image->after).text);
    add_growth(false, image->before, image->after, out);
    text_add(out, "\n");
}

static void write_missing(const struct program_growth *program, struct text *out) {
    struct text missing = {0};
    if (growth_add_missing(program, &missing)) {
        text_add(out, "\nOf ");
        add_code(program->head->executable, out);
        text_add(out, ", ");
        add_code(program->head->arch, out);
        text_add(out, ", ");
        add_code(program->head->profile, out);
        text_addf(out, ", %s.\n", missing.data);
    }
    text_free(&missing);
}

static void write_images(const struct growth_report *report, const struct program_growth *program,
                         struct text *out) {
    const struct image_growths *images = &program->images;
    size_t first, last;
    if (images->count == 0)
        return;
    image_growths_most(images, report->top, &first, &last);
    text_add(out, "\nImages of ");
    add_code(program->head->executable, out);
    text_add(out, ", ");
    add_code(program->head->arch, out);
    text_addf(out, ", that changed: %zu; that did not: %zu\n", images->count, program->unchanged);
    if (first + last != 0)
        text_add(out, "\n| image | was | is | growth |\n| --- | ---: | ---: | ---: |\n");
    for (size_t i = 0; i < first; i++)
        write_image(&images->items[i], out);
    for (size_t i = images->count - last; i < images->count; i++)
        write_image(&images->items[i], out);
    if (first + last < images->count)
        text_addf(out, "\nAnd %zu more, which changed less.\n", images->count - first - last);
}

void growth_write_markdown(const struct growth_report *report, struct text *out) {
    text_add(out,
             "| program | arch | profile | sum | growth | top | growth | launches that abort |\n"
             "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (size_t i = 0; i < report->growth.count; i++)
        write_program(report, &report->growth.items[i], out);
    for (size_t i = 0; i < report->growth.count; i++)
        if (report->growth.items[i].presence == IN_BOTH)
            write_missing(&report->growth.items[i], out);
    for (size_t i = 0; i < report->growth.count; i++)
        if (report->growth.items[i].presence == IN_BOTH && !growth_repeats(report, i))
            write_images(report, &report->growth.items[i], out);
}
