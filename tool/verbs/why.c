#include "base/path.h"
#include "images/library.h"
#include "images/reach.h"
#include "report/why_report.h"
#include "verbs/common_options.h"
#include "verbs/verb.h"

#include <string.h>

struct options {
    struct output_options output;
    struct search_options search;
    const char *format;
};

static const char *const formats[] = {"text", "json", NULL};

static const struct option_row rows[] = {
    OUTPUT_ROWS(struct options, output),
    SEARCH_ROWS(struct options, search),
    {"format", 0, OPTION_CHOICE, offsetof(struct options, format), "FORMAT",
     "text (default) or json", formats},
};

struct programs {
    struct program **items;
    size_t count;
    size_t capacity;
};

static void explain(struct arena *arena, const struct program *program, size_t image,
                    struct why_reports *reports) {
    struct why_report *report = vector_push(arena, reports);
    *report = (struct why_report){.program = program, .image = image};
    report->chain = reach_shortest_chain(arena, program, image);
    report->loaders = reach_loaders(arena, program, image);
    report->only_through = reach_only_through(arena, program, image, &report->bytes);
}

/* Walks every slice of the executable and explains the image in each program that has it. */
static void explain_all(struct arena *arena, const struct options *options, struct library *library,
                        const struct string_list *operands, struct programs *programs,
                        struct why_reports *reports) {
    struct search search = search_of(&options->search);
    struct error error;
    struct image_file *file = search_find(&options->search, library, operands->items[0], &error);
    if (file == NULL && error.kind != ERROR_NONE)
        errors_add(library_errors(library), &error);
    for (size_t i = 0; file != NULL && i < file->slice_count; i++) {
        size_t image;
        if (!search_takes(&options->search, &file->slices[i]) ||
            library_image(library, file, &file->slices[i]) == NULL)
            continue;
        struct program *program = arena_take(arena, sizeof *program);
        program_walk(library, &search, operands->items[0], file, &file->slices[i], program);
        *vector_push(arena, programs) = program;
        if (program_find(program, path_tidy(arena, operands->items[1]), &image))
            explain(arena, program, image, reports);
    }
}

static int write_reports(const struct options *options, struct library *library,
                         const struct why_reports *reports) {
    struct text text = {0};
    struct error error;
    if (options->format != NULL && strcmp(options->format, "json") == 0)
        why_write_json(reports, &text);
    else
        why_write_text(reports, &text);
    bool written = output_write(&options->output, &text, library_opened(library), &error);
    text_free(&text);
    return written ? EXIT_FITS : call_fail(&verb_why, &error);
}

static int why(const struct call *call, const struct options *options,
               const struct string_list *operands, struct library *library) {
    struct why_reports reports = {0};
    struct programs programs = {0};
    int status;
    explain_all(call->arena, options, library, operands, &programs, &reports);
    if (library_errors(library)->count != 0) {
        errors_print(stderr, library_errors(library));
        status = (int)errors_worst(library_errors(library));
    } else if (reports.count == 0) {
        fprintf(stderr, "vafit: %s does not load %s\n", operands->items[0], operands->items[1]);
        status = EXIT_EXCEEDS;
    } else {
        status = write_reports(options, library, &reports);
    }
    for (size_t i = 0; i < programs.count; i++)
        program_free(programs.items[i]);
    return status;
}

static int run(const struct call *call) {
    struct options options = {0};
    struct string_list operands = {0};
    struct error error;
    if (!call_parse(call, &verb_why, &options, &operands, &error) ||
        !output_options_valid(&options.output, &error))
        return call_fail(&verb_why, &error);
    if (operands.count != 2) {
        error_usage(&error, "why wants an executable and the name of a dylib");
        return call_fail(&verb_why, &error);
    }
    struct library *library = search_open_library(&options.search, &error);
    if (library == NULL)
        return call_fail(&verb_why, &error);
    int status = why(call, &options, &operands, library);
    library_free(library);
    return status;
}

const struct verb verb_why = {
    "why",
    "EXECUTABLE DYLIB [OPTIONS]",
    "who loads a dylib, and what would not be loaded without it?",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
