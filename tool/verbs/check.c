#include "base/file.h"
#include "base/parallel.h"
#include "base/size.h"
#include "images/measure.h"
#include "images/program.h"
#include "report/baseline.h"
#include "report/check_report.h"
#include "verbs/common_options.h"
#include "verbs/verb.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
    struct output_options output;
    struct search_options search;
    struct string_list allow_missing;
    const char *profile;
    const char *format;
    const char *color;
    unsigned jobs;
    bool quiet;
    bool verbose;
    struct size_option limit;
    struct size_option headroom;
    unsigned warn_at;
    struct string_list rules;
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
    ROW("allow-missing", 0, OPTION_EACH, allow_missing, "GLOB",
        "install names like GLOB may be missing; repeatable", NULL),
    ROW("profile", 0, OPTION_TEXT, profile, "NAME|FILE",
        "macos-26 (default), macos-27, macos-15, or a JSON file", NULL),
    ROW("format", 0, OPTION_CHOICE, format, "FORMAT", "text (default), json, sarif or github",
        report_format_names),
    ROW("limit", 0, OPTION_SIZE, limit, "SIZE",
        "what image-sum and malloc-window hold against, in place of the profile's", NULL),
    ROW("headroom", 0, OPTION_SIZE, headroom, "SIZE",
        "keep so much free below the malloc window (64MiB)", NULL),
    ROW("warn-at", 0, OPTION_COUNT, warn_at, "PERCENT", "warn from so much of a limit on", NULL),
    ROW("rule", 0, OPTION_EACH, rules, "NAME=LEVEL",
        "judge a rule as error, warn or off; repeatable", NULL),
    ROW("baseline", 0, OPTION_TEXT, baseline, "FILE", "the sums that were recorded", NULL),
    ROW("max-growth", 0, OPTION_SIZE, max_growth, "SIZE",
        "how far a program's sum may have grown over the baseline", NULL),
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
    struct check_report report;
    struct string_list inputs; /* files read beside the library's */
};

static bool set_rule(struct limits *limits, const char *text, struct error *error) {
    static const struct {
        const char *name;
        enum finding_level level;
    } levels[] = {{"error", LEVEL_ERROR}, {"warn", LEVEL_WARNING}, {"off", LEVEL_OFF}};
    char name[64];
    enum rule_id rule;
    size_t size = strcspn(text, "=");
    snprintf(name, sizeof name, "%.*s", (int)size, text);
    if (!rule_named(name, &rule))
        return error_usage(error, "--rule: there is no rule '%s'", name);
    for (size_t i = 0; text[size] == '=' && i < sizeof levels / sizeof levels[0]; i++)
        if (strcmp(text + size + 1, levels[i].name) == 0) {
            limits->levels[rule] = levels[i].level;
            return true;
        }
    return error_usage(error, "--rule %s: the level is error, warn or off", text);
}

static bool set_limits(struct check *check, struct error *error) {
    const struct options *options = &check->options;
    limits_default(&check->limits);
    check->limits.has_limit = options->limit.given;
    check->limits.limit = options->limit.bytes;
    if (options->headroom.given)
        check->limits.headroom = options->headroom.bytes;
    check->limits.has_max_growth = options->max_growth.given;
    check->limits.max_growth = options->max_growth.bytes;
    check->limits.warn_at = options->warn_at;
    for (size_t i = 0; i < options->rules.count; i++)
        if (!set_rule(&check->limits, options->rules.items[i], error))
            return false;
    return true;
}

static bool options_valid(const struct check *check, struct error *error) {
    const struct options *options = &check->options;
    if (check->operands.count == 0)
        return error_usage(error, "check wants an executable%s",
                           options->search.facts.count != 0 ? ", named before --facts" : "");
    if (options->baseline == NULL && (options->max_growth.given || options->update_baseline))
        return error_usage(error, "--max-growth and --update-baseline want --baseline");
    if (options->warn_at > 100)
        return error_usage(error, "--warn-at takes a percentage of at most 100");
    return output_options_valid(&options->output, error);
}

static bool read_small(struct check *check, const char *path, char **text, size_t *size,
                       struct error *error) {
    enum { LARGEST = 16 << 20 };
    *vector_push(check->arena, &check->inputs) = path;
    return file_read_all(check->arena, path, LARGEST, text, size, error);
}

static bool load_profile(struct check *check, struct error *error) {
    const char *name =
        check->options.profile == NULL ? profile_row(0)->name : check->options.profile;
    const struct profile *known = profile_named(name);
    char *text;
    size_t size;
    if (known != NULL) {
        check->profile = *known;
        return true;
    }
    if (strchr(name, '/') == NULL && strchr(name, '.') == NULL)
        return error_usage(error, "there is no profile '%s'", name);
    return read_small(check, name, &text, &size, error) &&
           (profile_from_json(check->arena, text, size, &check->profile, error) ||
            error_in_file(error, name));
}

/* A baseline that is to be updated may not be there yet. */
static bool load_baseline(struct check *check, struct error *error) {
    const char *path = check->options.baseline;
    char *text;
    size_t size;
    if (path == NULL || (check->options.update_baseline && path_look(path) == PATH_ABSENT))
        return true;
    return read_small(check, path, &text, &size, error) &&
           (baseline_from_json(check->arena, text, size, &check->baseline, error) ||
            error_in_file(error, path));
}

static void add_program(struct check *check, const char *operand, struct image_file *file,
                        struct image_slice *slice) {
    struct program *program = arena_take(check->arena, sizeof *program);
    if (library_image(check->library, file, slice) == NULL)
        return;
    program_walk(check->library, &check->search, operand, file, slice, program);
    *vector_push(check->arena, &check->report) = (struct program_report){
        .program = program, .profile = &check->profile, .limits = &check->limits};
}

/* Walks every slice of every executable; all errors are collected in the library's. */
static void walk_programs(struct check *check) {
    for (size_t i = 0; i < check->operands.count; i++) {
        struct error error;
        const char *operand = check->operands.items[i];
        struct image_file *file =
            search_find(&check->options.search, check->library, operand, &error);
        if (file == NULL && error.kind != ERROR_NONE)
            errors_add(library_errors(check->library), &error);
        for (size_t j = 0; file != NULL && j < file->slice_count; j++)
            if (search_takes(&check->options.search, &file->slices[j]))
                add_program(check, operand, file, &file->slices[j]);
    }
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
            fprintf(stderr,
                    "vafit: %s: the entry of %s is stale, %s above what it needs now; "
                    "--update-baseline keeps the gain\n",
                    check->options.baseline, report->program->path, size_text(before - sum).text);
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
    bool written = file_replace(check->options.baseline, text.data, text.size, error);
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
    walk_programs(check);
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
        !options_valid(check, error) || !set_limits(check, error) || !load_profile(check, error) ||
        !load_baseline(check, error))
        return false;
    check->search = search_of(&check->options.search);
    check->search.may_miss = check->options.allow_missing;
    check->library = search_open_library(&check->options.search, error);
    return check->library != NULL;
}

static int run(const struct call *call) {
    struct check check = {.call = call, .arena = call->arena, .options.top = 10};
    struct error error;
    if (!prepare(&check, &error))
        return call_fail(&verb_check, &error);
    int status = check_programs(&check);
    for (size_t i = 0; i < check.report.count; i++)
        program_free(check.report.items[i].program);
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
