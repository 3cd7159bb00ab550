#include "base/file.h"
#include "base/terminal.h"
#include "report/growth_report.h"
#include "verbs/common_options.h"
#include "verbs/verb.h"

#include <string.h>
#include <unistd.h>

enum { USUAL_TOP = 10, LARGEST_REPORT = 256 << 20 };

struct diff_arguments {
    struct output_options output;
    const char *format;
    const char *color;
    struct size_option max_growth;
    unsigned top;
};

static const struct option_choices formats = {.choice = growth_format_name, .usual = "text"};

#define ROW(name, letter, kind, member, placeholder, help, choices)                                \
    { name, letter, kind, offsetof(struct diff_arguments, member), placeholder, help, choices }

static const struct option_row rows[] = {
    OUTPUT_ROWS(struct diff_arguments, output),
    ROW("format", 0, OPTION_CHOICE, format, "FORMAT", OPTION_CHOICES, &formats),
    ROW("max-growth", 0, OPTION_SIZE, max_growth, "SIZE",
        "exit 1 when the sum of a program grew by more", &option_in_mib),
    ROW("top", 0, OPTION_COUNT, top, "N",
        "text and markdown: show the N images of a program that changed most (10)", NULL),
    COLOR_ROW(struct diff_arguments),
};

static bool read_report(struct arena *arena, const char *path, struct checked_programs *programs,
                        struct error *error) {
    char *text;
    size_t size;
    return file_read_all(arena, path, LARGEST_REPORT, &text, &size, error) &&
           (check_read(arena, text, size, programs, error) || error_in_file(error, path));
}

/* A report that went to a file leaves the build log without a reason. */
static void explain(const struct growth_report *report, const struct program_growth *program) {
    const struct checked_program *named = program_growth_named(program);
    struct text verdict = {0};
    growth_add_verdict(report, program, &verdict);
    text_print_line(stderr, "vafit: %s (%s, %s) %s", named->executable, named->arch, named->profile,
                    verdict.data);
    text_free(&verdict);
}

static int exit_status(const struct growth_report *report, bool explains) {
    int status = EXIT_FITS;
    for (size_t i = 0; i < report->growth.count; i++) {
        if (!growth_report_exceeds(report, &report->growth.items[i]))
            continue;
        status = EXIT_EXCEEDS;
        if (explains)
            explain(report, &report->growth.items[i]);
    }
    return status;
}

static bool write_report(const struct diff_arguments *arguments, const struct growth_report *report,
                         const struct string_list *inputs, struct error *error) {
    const char *name = arguments->format == NULL ? formats.usual : arguments->format;
    struct text text = {0};
    growth_format_named(name)->write(report, &text);
    bool written = output_write(&arguments->output, &text, inputs, error);
    text_free(&text);
    return written;
}

static bool prepare(const struct call *call, struct diff_arguments *arguments,
                    struct string_list *operands, struct error *error) {
    if (!call_parse(call, &verb_diff, arguments, operands, error) ||
        !output_options_valid(&arguments->output, error))
        return false;
    return operands->count == 2 ||
           error_usage(error, "diff needs two reports of `vafit check --format json`: the earlier, "
                              "then the later one");
}

static int run(const struct call *call) {
    struct diff_arguments arguments = {.top = USUAL_TOP};
    struct string_list operands = {0};
    struct checked_programs base = {0}, head = {0};
    struct error error;
    if (!prepare(call, &arguments, &operands, &error) ||
        !read_report(call->arena, operands.items[0], &base, &error) ||
        !read_report(call->arena, operands.items[1], &head, &error))
        return call_fail(&verb_diff, &error);
    bool is_shown = arguments.output.output == NULL;
    struct growth_report report = {
        .base = operands.items[0],
        .head = operands.items[1],
        .has_max_growth = arguments.max_growth.given,
        .max_growth = arguments.max_growth.bytes,
        .top = arguments.top,
        .color = terminal_takes_color(is_shown ? STDOUT_FILENO : -1),
    };
    growth_find(call->arena, &base, &head, &report.growth);
    if (!write_report(&arguments, &report, &operands, &error))
        return call_fail(&verb_diff, &error);
    return exit_status(&report, !is_shown);
}

const struct verb verb_diff = {
    "diff",
    "BASE.json HEAD.json [OPTIONS]",
    "what grew between two reports of check --format json?",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
