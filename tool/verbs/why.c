#include "base/path.h"
#include "base/text.h"
#include "program/dominators.h"
#include "program/image_cache.h"
#include "program/program_find.h"

#include "report/why_report.h"
#include "verbs/programs.h"
#include "verbs/verb.h"

#include <string.h>

struct why_arguments {
    const char *color;
    struct output_options output;
    struct search_options search;
    const char *format;
    bool verbose;
};

static const struct option_row rows[] = {
    OUTPUT_ROWS(struct why_arguments, output),
    SEARCH_ROWS(struct why_arguments, search),
    {"format", 0, OPTION_CHOICE, offsetof(struct why_arguments, format), "FORMAT", OPTION_CHOICES,
     &text_or_json},
    {"verbose", 'v', OPTION_FLAG, offsetof(struct why_arguments, verbose), NULL,
     "text: every image that asks for it", NULL},
    COLOR_ROW(struct why_arguments),
};

static void explain(struct arena *arena, const struct program *program, size_t image,
                    struct why_reports *reports) {
    struct why_report *report = vector_push(arena, reports);
    *report = (struct why_report){.program = program, .image = image};
    report->chain = dominators_shortest_chain(arena, program, image);
    report->loaders = dominators_loaders(arena, program, image);
    report->only_through = dominators_only_through(arena, program, image, &report->bytes);
}

static void explain_system(struct arena *arena, const struct program *program,
                           const struct system_image *system, struct why_reports *reports) {
    struct why_report *report = vector_push(arena, reports);
    *report = (struct why_report){.program = program, .system = system, .loaders = system->loaders};
    for (size_t i = 0; i < system->loaders.count; i++) {
        size_t loader = system->loaders.items[i].image;
        struct image_list chain = dominators_shortest_chain(arena, program, loader);
        if (i == 0 || chain.count < report->chain.count)
            report->chain = chain;
    }
}

/* Explains the image in each program that has it. */
static void explain_all(struct arena *arena, const char *name, const struct programs *programs,
                        struct why_reports *reports) {
    for (size_t i = 0; i < programs->count; i++) {
        const struct program *program = programs->items[i];
        const struct system_image *system = program_find_system(program, name);
        size_t image;
        if (program_find(program, path_tidy(arena, name), &image))
            explain(arena, program, image, reports);
        else if (system != NULL)
            explain_system(arena, program, system, reports);
    }
}

static int write_reports(const struct why_arguments *arguments, struct image_cache *cache,
                         const struct why_reports *reports) {
    struct text text = {0};
    struct error error;
    if (wants_json(arguments->format))
        why_write_json(reports, &text);
    else
        why_write_text(reports, arguments->verbose, &text);
    bool written = output_write(&arguments->output, &text, image_cache_opened(cache), &error);
    text_free(&text);
    return written ? EXIT_FITS : call_fail(&verb_why, &error);
}

static int why(const struct call *call, const struct why_arguments *arguments,
               const struct string_list *operands, struct image_cache *cache) {
    struct why_reports reports = {0};
    struct programs programs = {0};
    int status;
    const struct search search = search_of(&arguments->search);
    struct string_list executable = {operands->items, 1, 1};
    struct error error;
    if (!programs_expand(call->arena, &arguments->search, &executable, &error))
        return call_fail(&verb_why, &error);
    programs_walk(call->arena, &arguments->search, &search, cache, &executable, &programs);
    explain_all(call->arena, operands->items[1], &programs, &reports);
    if (image_cache_errors(cache)->count != 0) {
        errors_print(stderr, image_cache_errors(cache));
        status = (int)errors_worst(image_cache_errors(cache));
    } else if (reports.count == 0) {
        text_print_line(stderr, "vafit: %s does not load %s", operands->items[0],
                        operands->items[1]);
        status = EXIT_EXCEEDS;
    } else {
        status = write_reports(arguments, cache, &reports);
    }
    return status;
}

static int run(const struct call *call) {
    struct why_arguments arguments = {0};
    struct string_list operands = {0};
    struct error error;
    if (!call_parse(call, &verb_why, &arguments, &operands, &error) ||
        !output_options_valid(&arguments.output, &error))
        return call_fail(&verb_why, &error);
    if (operands.count != 2) {
        error_usage(&error, "why needs an executable and the name of a dylib");
        return call_fail(&verb_why, &error);
    }
    struct image_cache *cache = search_open_cache(&arguments.search, &error);
    if (cache == NULL)
        return call_fail(&verb_why, &error);
    int status = why(call, &arguments, &operands, cache);
    image_cache_free(cache);
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
