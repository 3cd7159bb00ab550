#include "base/file.h"
#include "base/output.h"
#include "base/text.h"
#include "map/html.h"
#include "map/svg.h"
#include "verbs/map_subject.h"
#include "verbs/verb.h"

#include <string.h>

struct map_arguments {
    const char *color;
    struct output_options output;
    struct search_options search;
    struct limit_options judge;
    const char *format;
    const char *against;
    unsigned jobs;
};

/* --- formats --- */

static const struct map_format {
    const char *name;
    const char *endings[2]; /* of file names */
    bool is_page;           /* which shows the parts of every __LINKEDIT too */
    void (*write)(const struct map_scene *scene, struct text *out);
} map_formats[] = {
    {"svg", {".svg", NULL}, false, svg_write},
    {"html", {".html", ".htm"}, true, html_write},
};

static const char *map_format_name(size_t i) {
    return i < sizeof map_formats / sizeof map_formats[0] ? map_formats[i].name : NULL;
}

/* --format */
static const struct option_choices map_format_choices = {.choice = map_format_name};

#define ROW(name, letter, kind, member, placeholder, help, choices)                                \
    { name, letter, kind, offsetof(struct map_arguments, member), placeholder, help, choices }

static const struct option_row rows[] = {
    OUTPUT_ROWS(struct map_arguments, output),
    SEARCH_ROWS(struct map_arguments, search),
    LIMIT_ROWS_AND(struct map_arguments, judge,
                   PROFILE_ROW_THAT(struct map_arguments, judge,
                                    "draw for that system: " OPTION_CHOICES
                                    "; without it for the oldest that check would judge for",
                                    &one_profile)),
    ROW("against", 0, OPTION_TEXT, against, "FILE",
        "draw FILE beside it with the same scale: an executable, facts or a crash report", NULL),
    ROW("format", 0, OPTION_CHOICE, format, "FORMAT",
        OPTION_CHOICES "; without it as the name of the output ends, and svg where it is printed",
        &map_format_choices),
    COLOR_ROW(struct map_arguments),
    ROW("jobs", 'j', OPTION_COUNT, jobs, "N", "use at most N threads (one per processor)", NULL),
};

static bool ends_with(const char *name, const char *ending) {
    size_t size = ending == NULL ? SIZE_MAX : strlen(ending);
    return ending != NULL && strlen(name) > size && strcmp(name + strlen(name) - size, ending) == 0;
}

static bool is_format(const struct map_format *format, const struct map_arguments *arguments) {
    const char *output = arguments->output.output;
    if (arguments->format != NULL)
        return strcmp(arguments->format, format->name) == 0;
    return output == NULL || ends_with(output, format->endings[0]) ||
           ends_with(output, format->endings[1]);
}

/* NULL after an error. */
static const struct map_format *find_format(const struct map_arguments *arguments,
                                            struct error *error) {
    const char *output = arguments->output.output;
    for (size_t i = 0; i < sizeof map_formats / sizeof map_formats[0]; i++)
        if (is_format(&map_formats[i], arguments))
            return &map_formats[i];
    if (output_is_stream(output))
        return &map_formats[0];
    error_usage(error, "--output %s: end its name in .svg or .html, or give --format", output);
    return NULL;
}

/* --- one run --- */

struct map_run {
    const struct call *call;
    struct map_arguments arguments;
    const char *subjects[MOST_PANELS];
    size_t subject_count;
    const struct map_format *format;
    struct limits limits;
    struct judged_profiles profiles;
    struct string_list inputs;
    struct address_map maps[MOST_PANELS];
};

static bool write_map(struct map_run *run, struct error *error) {
    const struct map_list maps = {run->maps, run->subject_count};
    struct map_scene scene;
    struct text text = {0};
    scene_make(run->call->arena, &maps, run->format->is_page, &scene);
    run->format->write(&scene, &text);
    bool written = output_write(&run->arguments.output, &text, &run->inputs, error);
    text_free(&text);
    return written;
}

/* Two programs of one name are told apart by where they are, without the names of users. */
static void tell_apart(struct map_run *run) {
    struct arena *arena = run->call->arena;
    if (run->subject_count != 2 || strcmp(run->maps[0].name, run->maps[1].name) != 0)
        return;
    for (size_t i = 0; i < run->subject_count; i++) {
        const char *path = crash_report_anonymous(arena, run->subjects[i]);
        run->maps[i].name = map_printable(arena, path);
    }
    for (size_t i = 0; strcmp(run->subjects[0], run->subjects[1]) == 0 && i < 2; i++)
        run->maps[i].name = arena_format(arena, "%s (%zu)", run->maps[i].name, i + 1);
}

static bool read_subjects(struct map_run *run, struct errors *errors) {
    const struct subject_options options = {
        .search = &run->arguments.search,
        .profiles = &run->profiles,
        .may_miss = &run->arguments.judge.allow_missing,
        .wants_sizes = run->format->is_page,
        .jobs = run->arguments.jobs,
    };
    bool read = true;
    for (size_t i = 0; i < run->subject_count; i++)
        read &= map_subject_read(run->call->arena, &options, run->subjects[i], &run->inputs,
                                 &run->maps[i], errors);
    if (read)
        tell_apart(run);
    return read;
}

static bool prepare(struct map_run *run, struct error *error) {
    struct map_arguments *arguments = &run->arguments;
    struct arena *arena = run->call->arena;
    struct string_list operands = {0};
    if (!call_parse(run->call, &verb_map, arguments, &operands, error) ||
        !output_options_valid(&arguments->output, error))
        return false;
    if (operands.count != 1)
        return error_usage(error, "map needs one executable, crash report or file of facts; "
                                  "--against takes another");
    run->subjects[run->subject_count++] = operands.items[0];
    if (arguments->against != NULL)
        run->subjects[run->subject_count++] = arguments->against;
    if (arguments->judge.profiles.count > 1)
        return error_usage(error, "map draws one system: give --profile once");
    run->format = find_format(arguments, error);
    return run->format != NULL && limit_options_limits(&arguments->judge, &run->limits, error) &&
           limit_options_profiles(arena, &arguments->judge, &run->inputs, &run->limits,
                                  &run->profiles, error);
}

static int fail_all(struct errors *errors) {
    int status = (int)errors_worst(errors);
    if (status == ERROR_USAGE)
        call_fail(&verb_map, &errors->items[0]);
    else
        errors_print(stderr, errors);
    errors_free(errors);
    return status;
}

static int run(const struct call *call) {
    struct map_run map_run = {.call = call};
    struct errors errors = {0};
    struct error error;
    if (!prepare(&map_run, &error))
        return call_fail(&verb_map, &error);
    if (!read_subjects(&map_run, &errors))
        return fail_all(&errors);
    return write_map(&map_run, &error) ? EXIT_FITS : call_fail(&verb_map, &error);
}

const struct verb verb_map = {
    "map",
    "EXECUTABLE|REPORT|FACTS [-o map.svg|map.html] [OPTIONS]",
    "draw the address space: which image lands where, and what is in the way",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
