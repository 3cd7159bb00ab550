#include "base/file.h"
#include "base/output.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/text.h"
#include "images/measure.h"
#include "images/program.h"
#include "report/baseline.h"
#include "report/check_report.h"
#include "verbs/judge_options.h"
#include "verbs/programs.h"
#include "verbs/verb.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
    struct output_options output;
    struct search_options search;
    struct judge_options judge;
    const char *format;
    const char *color;
    unsigned jobs;
    bool quiet;
    bool verbose;
    unsigned warn_at;
    const char *baseline;
    struct size_option max_growth;
    bool update_baseline;
    bool exit_zero;
    unsigned top;
};

static const char *const color_choices[] = {"auto", "always", "never", NULL};

#define ROW(name, letter, kind, member, placeholder, help, choices)                                \
    { name, letter, kind, offsetof(struct options, member), placeholder, help, choices }

static const struct option_row rows[] = {
    OUTPUT_ROWS(struct options, output),
    SEARCH_ROWS(struct options, search),
    JUDGE_ROWS(struct options, judge),
    ROW("format", 0, OPTION_CHOICE, format, "FORMAT", "text (default), json, sarif or github",
        report_format_names),
    ROW("warn-at", 0, OPTION_COUNT, warn_at, "PERCENT", "warn from so much of a limit on", NULL),
    ROW("baseline", 0, OPTION_TEXT, baseline, "FILE", "the sums that were recorded", NULL),
    ROW("max-growth", 0, OPTION_SIZE, max_growth, "SIZE",
        "how far a program's sum may have grown over the baseline", option_in_mib),
    ROW("update-baseline", 0, OPTION_FLAG, update_baseline, NULL,
        "record the sums of these programs in the baseline", NULL),
    ROW("top", 0, OPTION_COUNT, top, "N", "take the heaviest N images apart (10)", NULL),
    ROW("exit-zero", 0, OPTION_FLAG, exit_zero, NULL,
        "exit 0 whatever is found, for build steps that only make the report", NULL),
    ROW("color", 0, OPTION_CHOICE, color, "WHEN", "auto (default), always or never", color_choices),
    ROW("jobs", 'j', OPTION_COUNT, jobs, "N", "use N threads (as many as processors)", NULL),
    ROW("quiet", 'q', OPTION_FLAG, quiet, NULL, "text: only what failed", NULL),
    ROW("verbose", 'v', OPTION_FLAG, verbose, NULL, "text: every image and every rule's help",
        NULL),
};

/* One run of the verb. */
struct check {
    const struct call *call;
    struct arena *arena;
    struct options options;
    struct string_list operands;
    struct profile profile;
    struct limits limits;
    struct baseline baseline;
    struct library *library;
    struct search search;
    struct programs programs;
    struct check_report report;
    struct string_list inputs; /* files read beside the library's */
};

/* "-" is a place to write to, and for one result alone. */
static bool baseline_place_valid(const struct options *options, struct error *error) {
    if (!output_is_standard(options->baseline))
        return true;
    if (!options->update_baseline)
        return error_usage(error, "--baseline - wants --update-baseline: it is standard output");
    if (options->output.output == NULL || output_is_standard(options->output.depfile))
        return error_usage(error, "standard output takes one of the report, depfile and baseline");
    return true;
}

static bool options_valid(struct check *check, struct error *error) {
    struct options *options = &check->options;
    if (check->operands.count == 0)
        return error_usage(error, "check wants an executable%s",
                           options->search.facts.count != 0 ? ", named before --facts" : "");
    if (options->baseline == NULL && (options->max_growth.given || options->update_baseline))
        return error_usage(error, "--max-growth and --update-baseline want --baseline");
    if (options->warn_at > 100)
        return error_usage(error, "--warn-at takes a percentage of at most 100");
    return output_options_valid(&options->output, error) && baseline_place_valid(options, error);
}

enum { LARGEST_BASELINE = 16 << 20 };

/* A baseline that is to be updated may not be there yet, or be a place that is only written to. */
static bool load_baseline(struct check *check, struct error *error) {
    const char *path = check->options.baseline;
    char *text;
    size_t size;
    if (path == NULL || (check->options.update_baseline && !output_replaces(path)))
        return true;
    *vector_push(check->arena, &check->inputs) = path;
    return file_read_all(check->arena, path, LARGEST_BASELINE, &text, &size, error) &&
           (baseline_from_json(check->arena, text, size, &check->baseline, error) ||
            error_in_file(error, path));
}

/* Files with slices whose symbol tables are wanted, each file once: a file is worked on by one
 * thread. */
struct breakdown_files {
    struct library *library;
    struct breakdown_file {
        struct image_file *file;
        struct error error;
    } * items;
    size_t count;
    size_t capacity;
};

static void read_breakdowns_of_file(void *context, size_t i) {
    struct breakdown_files *files = context;
    struct breakdown_file *item = &files->items[i];
    item->error.kind = ERROR_NONE;
    for (size_t j = 0; j < item->file->slice_count; j++)
        if (item->file->slices[j].wants_breakdown &&
            !library_breakdown(files->library, item->file, &item->file->slices[j], &item->error))
            return;
}

static bool is_wanted(const struct image_file *file) {
    for (size_t i = 0; i < file->slice_count; i++)
        if (file->slices[i].wants_breakdown)
            return true;
    return false;
}

static void want_breakdowns(struct check *check, struct program_report *report,
                            struct breakdown_files *files) {
    report->heaviest_count = check->options.top;
    report->heaviest = program_heaviest(check->arena, report->program, &report->heaviest_count);
    for (size_t i = 0; i < report->heaviest_count; i++) {
        const struct loaded_image *loaded = &report->program->images.items[report->heaviest[i]];
        if (!is_wanted(loaded->file))
            vector_push(check->arena, files)->file = loaded->file;
        loaded->slice->wants_breakdown = true;
    }
}

/* Takes the __LINKEDIT of the heaviest images apart; errors go to the library's. */
static void read_breakdowns(struct check *check) {
    struct breakdown_files files = {.library = check->library};
    unsigned jobs = check->options.jobs == 0 ? parallel_default_jobs() : check->options.jobs;
    for (size_t i = 0; i < check->report.count; i++)
        want_breakdowns(check, &check->report.items[i], &files);
    parallel_for(files.count, jobs, read_breakdowns_of_file, &files);
    for (size_t i = 0; i < files.count; i++)
        if (files.items[i].error.kind != ERROR_NONE)
            errors_add(library_errors(check->library), &files.items[i].error);
}

static void judge_programs(struct check *check) {
    for (size_t i = 0; i < check->report.count; i++) {
        struct program_report *report = &check->report.items[i];
        const struct program *program = report->program;
        program_measure(check->arena, program, &check->profile, &report->measure);
        const struct baseline_row *row = baseline_find(
            &check->baseline, program->path, program->architecture->name, check->profile.name);
        report->measure.has_baseline = row != NULL;
        report->measure.baseline_sum = row == NULL ? 0 : row->sum;
        judge(check->arena, &report->measure, &check->limits, &report->judgement);
    }
}

/* A program that shrank by more than may grow back unnoticed. */
static void warn_of_stale_baseline(const struct check *check) {
    if (!check->options.max_growth.given || check->options.update_baseline)
        return;
    for (size_t i = 0; i < check->report.count; i++) {
        const struct program_report *report = &check->report.items[i];
        uint64_t before = report->measure.baseline_sum, sum = report->judgement.sum;
        if (report->measure.has_baseline && before > sum && before - sum > check->limits.max_growth)
            text_print_line(stderr,
                            "vafit: %s: the entry of %s is stale, %s above what it needs now; "
                            "--update-baseline keeps the gain",
                            check->options.baseline, report->program->path,
                            size_text(before - sum).text);
    }
}

static bool update_baseline(struct check *check, struct error *error) {
    if (!check->options.update_baseline)
        return true;
    for (size_t i = 0; i < check->report.count; i++) {
        const struct program_report *report = &check->report.items[i];
        const char *arch = report->program->architecture->name;
        struct baseline_row *row =
            baseline_find(&check->baseline, report->program->path, arch, check->profile.name);
        if (row == NULL)
            row = vector_push(check->arena, &check->baseline);
        *row = (struct baseline_row){report->program->path, arch, check->profile.name,
                                     report->judgement.sum};
    }
    struct text text = {0};
    baseline_write(&check->baseline, &text);
    bool written = output_put(check->options.baseline, text.data, text.size, error);
    text_free(&text);
    return written;
}

static bool wants_color(const struct options *options) {
    const char *no_color = getenv("NO_COLOR");
    if (options->color != NULL && strcmp(options->color, "auto") != 0)
        return strcmp(options->color, "always") == 0;
    return options->output.output == NULL && (no_color == NULL || no_color[0] == '\0') &&
           isatty(STDOUT_FILENO);
}

static bool write_report(struct check *check, struct error *error) {
    const struct options *options = &check->options;
    struct report_style style = {wants_color(options), options->quiet, options->verbose};
    const struct report_format *format =
        report_format_named(options->format == NULL ? "text" : options->format);
    struct string_list inputs = *library_opened(check->library);
    struct text text = {0};
    for (size_t i = 0; i < check->inputs.count; i++)
        *vector_push(check->arena, &inputs) = check->inputs.items[i];
    check->report.source = library_source(check->library);
    format->write(&check->report, &style, &text);
    bool written = output_write(&options->output, &text, &inputs, error);
    text_free(&text);
    return written;
}

/* A program that exceeds a limit does so whatever is missing; one that merely misses dylibs was not
 * judged. */
static int exit_status(const struct check *check) {
    int status = EXIT_FITS;
    if (check->options.exit_zero)
        return EXIT_FITS;
    for (size_t i = 0; i < check->report.count; i++) {
        const struct judgement *judgement = &check->report.items[i].judgement;
        if (judgement_exceeds(judgement))
            return EXIT_EXCEEDS;
        if (judgement->verdict == VERDICT_EXCEEDS)
            status = EXIT_UNRESOLVED;
    }
    return status;
}

/* A report that went to a file leaves the build log without a reason: what failed is said there
 * too. */
static void explain(const struct check *check, int status) {
    static const struct report_style style = {.quiet = true};
    struct text text = {0};
    if (status == EXIT_FITS || check->options.output.output == NULL)
        return;
    check_write_text(&check->report, &style, &text);
    fputs(text.data, stderr);
    text_free(&text);
}

/* Everything behind the options. */
static int check_programs(struct check *check) {
    struct error error;
    programs_walk(check->arena, &check->options.search, &check->search, check->library,
                  &check->operands, &check->programs);
    for (size_t i = 0; i < check->programs.count; i++)
        *vector_push(check->arena, &check->report) =
            (struct program_report){.program = check->programs.items[i],
                                    .profile = &check->profile,
                                    .limits = &check->limits};
    if (library_errors(check->library)->count == 0)
        read_breakdowns(check);
    if (library_errors(check->library)->count != 0) {
        errors_print(stderr, library_errors(check->library));
        return (int)errors_worst(library_errors(check->library));
    }
    judge_programs(check);
    warn_of_stale_baseline(check);
    if (!write_report(check, &error) || !update_baseline(check, &error))
        return call_fail(&verb_check, &error);
    int status = exit_status(check);
    explain(check, status);
    return status;
}

static bool prepare(struct check *check, struct error *error) {
    if (!call_parse(check->call, &verb_check, &check->options, &check->operands, error) ||
        !options_valid(check, error) ||
        !judge_options_limits(&check->options.judge, &check->limits, error) ||
        !judge_options_profile(check->arena, &check->options.judge, &check->inputs, &check->profile,
                               error) ||
        !load_baseline(check, error))
        return false;
    check->limits.has_max_growth = check->options.max_growth.given;
    check->limits.max_growth = check->options.max_growth.bytes;
    check->limits.warn_at = check->options.warn_at;
    check->search = search_of(&check->options.search);
    check->search.may_miss = check->options.judge.allow_missing;
    check->library = search_open_library(&check->options.search, error);
    return check->library != NULL;
}

static int run(const struct call *call) {
    struct check check = {.call = call, .arena = call->arena, .options.top = 10};
    struct error error;
    if (!prepare(&check, &error))
        return call_fail(&verb_check, &error);
    int status = check_programs(&check);
    programs_free(&check.programs);
    library_free(check.library);
    return status;
}

const struct verb verb_check = {
    "check",
    "EXECUTABLE... [OPTIONS]",
    "does each program, with the dylibs it loads, fit in the address space?",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
