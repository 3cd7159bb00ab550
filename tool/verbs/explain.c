#include "base/output.h"
#include "base/terminal.h"
#include "crash/diagnosis.h"
#include "program/image_cache.h"
#include "report/explain_report.h"
#include "verbs/programs.h"
#include "verbs/report_file.h"
#include "verbs/verb.h"

#include <unistd.h>

struct explain_arguments {
    const char *color;
    struct output_options output;
    struct search_options search;
    const char *format;
    bool verbose;
};

static const struct option_row rows[] = {
    OUTPUT_ROWS(struct explain_arguments, output),
    SEARCH_ROWS(struct explain_arguments, search),
    {"format", 0, OPTION_CHOICE, offsetof(struct explain_arguments, format), "FORMAT",
     OPTION_CHOICES, &text_or_json},
    {"verbose", 'v', OPTION_FLAG, offsetof(struct explain_arguments, verbose), NULL,
     "text: every image", NULL},
    COLOR_ROW(struct explain_arguments),
};

/* One run. */
struct explanation {
    const struct call *call;
    const struct explain_arguments *arguments;
    const char *report_path;
    const char *executable; /* NULL without */
    struct crash_report report;
    struct programs programs;
    struct image_cache *cache; /* NULL without an executable */
};

/* The report's own path is an input too. */
static struct string_list inputs_of(const struct explanation *explanation) {
    struct arena *arena = explanation->call->arena;
    struct string_list inputs = {0};
    if (!output_is_standard(explanation->report_path))
        *vector_push(arena, &inputs) = explanation->report_path;
    if (explanation->cache == NULL)
        return inputs;
    const struct string_list *opened = image_cache_opened(explanation->cache);
    for (size_t i = 0; i < opened->count; i++)
        *vector_push(arena, &inputs) = opened->items[i];
    return inputs;
}

static int write_report(const struct explanation *explanation,
                        const struct explain_report *report) {
    const struct explain_arguments *arguments = explanation->arguments;
    const struct string_list inputs = inputs_of(explanation);
    struct text text = {0};
    struct error error;
    size_t width = arguments->output.output == NULL ? terminal_width(STDOUT_FILENO) : 0;
    if (wants_json(arguments->format))
        explain_write_json(report, &text);
    else
        explain_write_text(report, width, arguments->verbose, &text);
    bool written = output_write(&arguments->output, &text, &inputs, &error);
    text_free(&text);
    return written ? EXIT_FITS : call_fail(&verb_explain, &error);
}

/* The slice of the executable that the report's process ran; NULL for none. */
static const struct program *program_of(const struct explanation *explanation) {
    for (size_t i = 0; i < explanation->programs.count; i++)
        if (prediction_is_of(&explanation->report, explanation->programs.items[i]))
            return explanation->programs.items[i];
    return NULL;
}

static int explain(struct explanation *explanation) {
    struct arena *arena = explanation->call->arena;
    const struct program *program = program_of(explanation);
    struct prediction prediction;
    struct observed_layout layout;
    struct diagnosis diagnosis;
    struct text options = {0};
    search_options_again(&explanation->arguments->search, &options);
    if (program != NULL)
        prediction_make(arena, program, &explanation->report, &prediction);
    observed_layout_make(arena, &explanation->report, &layout);
    const struct circumstances circumstances = {
        .report = &explanation->report,
        .layout = &layout,
        .prediction = program == NULL ? NULL : &prediction,
        .report_path = explanation->report_path,
        .executable = explanation->executable,
        .options = options.data == NULL ? "" : options.data,
    };
    diagnosis_make(arena, &circumstances, &diagnosis);
    const struct explain_report report = {&circumstances, &diagnosis};
    int status = write_report(explanation, &report);
    text_free(&options);
    return status;
}

static int no_slice(const struct explanation *explanation) {
    text_print_line(stderr, "vafit: %s has no slice of the architecture that the report is of",
                    explanation->executable);
    return ERROR_MALFORMED;
}

/* A dylib that is not there is none of the report's business. */
static int explain_with_build(struct explanation *explanation, struct error *error) {
    const struct search_options *options = &explanation->arguments->search;
    const struct search search = search_of(options);
    const struct string_list operands = {&explanation->executable, 1, 1};
    int status;
    explanation->cache = search_open_cache(options, error);
    if (explanation->cache == NULL)
        return call_fail(&verb_explain, error);
    programs_walk(explanation->call->arena, options, &search, explanation->cache, &operands,
                  &explanation->programs);
    if (image_cache_errors(explanation->cache)->count != 0) {
        errors_print(stderr, image_cache_errors(explanation->cache));
        status = (int)errors_worst(image_cache_errors(explanation->cache));
    } else {
        status = program_of(explanation) == NULL ? no_slice(explanation) : explain(explanation);
    }
    image_cache_free(explanation->cache);
    return status;
}

static int run(const struct call *call) {
    struct explain_arguments arguments = {0};
    struct explanation explanation = {.call = call, .arguments = &arguments};
    struct string_list operands = {0};
    struct error error;
    if (!call_parse(call, &verb_explain, &arguments, &operands, &error) ||
        !output_options_valid(&arguments.output, &error))
        return call_fail(&verb_explain, &error);
    if (operands.count == 0 || operands.count > 2) {
        error_usage(&error, "explain needs a report, and takes one executable");
        return call_fail(&verb_explain, &error);
    }
    explanation.report_path = operands.items[0];
    explanation.executable = operands.count == 2 ? operands.items[1] : NULL;
    if (!report_file_read(call->arena, explanation.report_path, &explanation.report, &error))
        return call_fail(&verb_explain, &error);
    return explanation.executable == NULL ? explain(&explanation)
                                          : explain_with_build(&explanation, &error);
}

const struct verb verb_explain = {
    "explain",
    "REPORT [EXECUTABLE] [OPTIONS]",
    "what does a crash report say: is it the program's size?",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
