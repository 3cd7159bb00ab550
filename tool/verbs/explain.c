#include "base/file.h"
#include "base/output.h"
#include "base/size.h"
#include "base/terminal.h"
#include "crash/crash_report.h"
#include "crash/diagnosis.h"
#include "program/image_cache.h"
#include "report/explain_report.h"
#include "verbs/common_options.h"
#include "verbs/verb.h"

#include <unistd.h>

/* No report is larger: each of a hundred thousand images takes less than 400 bytes. */
#define LARGEST_REPORT (64 * MIB)

struct explain_arguments {
    const char *color;
    struct output_options output;
    struct search_options search;
    const char *format;
};

static const struct option_row rows[] = {
    OUTPUT_ROWS(struct explain_arguments, output),
    SEARCH_ROWS(struct explain_arguments, search),
    {"format", 0, OPTION_CHOICE, offsetof(struct explain_arguments, format), "FORMAT",
     OPTION_CHOICES, &text_or_json},
    COLOR_ROW(struct explain_arguments),
};

/* "-" is standard input. */
static bool read_report(struct arena *arena, const char *path, struct crash_report *report,
                        struct error *error) {
    char *data;
    size_t size;
    bool is_input = output_is_standard(path);
    if (!(is_input ? file_read_input(arena, LARGEST_REPORT, &data, &size, error)
                   : file_read_all(arena, path, LARGEST_REPORT, &data, &size, error)))
        return false;
    return crash_report_read(arena, data, size, report, error) ||
           error_in_file(error, is_input ? "standard input" : path);
}

static int write_report(const struct explain_arguments *arguments, const char *path,
                        const struct explain_report *report) {
    struct text text = {0};
    struct error error;
    const struct string_list inputs = {&path, 1, 1};
    size_t width = arguments->output.output == NULL ? terminal_width(STDOUT_FILENO) : 0;
    if (wants_json(arguments->format))
        explain_write_json(report, &text);
    else
        explain_write_text(report, width, &text);
    bool written = output_write(&arguments->output, &text, &inputs, &error);
    text_free(&text);
    return written ? EXIT_FITS : call_fail(&verb_explain, &error);
}

static int run(const struct call *call) {
    struct explain_arguments arguments = {0};
    struct string_list operands = {0};
    struct crash_report crash;
    struct diagnosis diagnosis;
    struct error error;
    if (!call_parse(call, &verb_explain, &arguments, &operands, &error) ||
        !output_options_valid(&arguments.output, &error))
        return call_fail(&verb_explain, &error);
    if (operands.count == 0 || operands.count > 2) {
        error_usage(&error, "explain needs a report, and takes one executable");
        return call_fail(&verb_explain, &error);
    }
    if (!read_report(call->arena, operands.items[0], &crash, &error))
        return call_fail(&verb_explain, &error);
    diagnosis_make(call->arena, &crash, &diagnosis);
    const struct explain_report report = {.crash = &crash, .diagnosis = &diagnosis};
    return write_report(&arguments, operands.items[0], &report);
}

const struct verb verb_explain = {
    "explain",
    "REPORT [EXECUTABLE] [OPTIONS]",
    "what does a crash report say: is it the program's size?",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
