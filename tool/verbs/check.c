#include "base/file.h"
#include "base/output.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/terminal.h"
#include "base/text.h"
#include "program/load_order.h"
#include "program/measure.h"
#include "report/baseline.h"
#include "report/check_report.h"
#include "report/metrics.h"
#include "space/placements.h"
#include "verbs/check_advice.h"
#include "verbs/limit_options.h"
#include "verbs/programs.h"
#include "verbs/verb.h"
#include "verbs/wanted_sizes.h"

#include <string.h>
#include <unistd.h>

/* --top */
enum { USUAL_TOP = 10, NOT_GIVEN = 0x7fffffff };

struct check_arguments {
    struct output_options output;
    struct search_options search;
    struct limit_options judge;
    const char *format;
    bool compact;
    const char *color;
    unsigned jobs;
    bool quiet;
    bool verbose;
    unsigned warn_at;
    const char *metrics;
    const char *baseline;
    struct size_option max_growth;
    bool update_baseline;
    bool exit_zero;
    unsigned top;
    unsigned top_names;
    const char *advice;
};

/* Of --advice. */
static const struct option_choices advice_times = {.choice = terminal_color_name, .usual = "auto"};
static const struct option_choices formats = {.choice = report_format_name, .usual = "text"};

#define ROW(name, letter, kind, member, placeholder, help, choices)                                \
    { name, letter, kind, offsetof(struct check_arguments, member), placeholder, help, choices }

static const struct option_row rows[] = {
    OUTPUT_ROWS(struct check_arguments, output),
    SEARCH_ROWS(struct check_arguments, search),
    LIMIT_ROWS(struct check_arguments, judge),
    ROW("format", 0, OPTION_CHOICE, format, "FORMAT", OPTION_CHOICES, &formats),
    ROW("compact", 0, OPTION_FLAG, compact, NULL,
        "json: each image once, for runs of many programs (vafit.checks/1)", NULL),
    ROW("warn-at", 0, OPTION_COUNT, warn_at, "PERCENT",
        "warn when this share of a limit is reached", NULL),
    ROW("metrics", 0, OPTION_TEXT, metrics, "FILE",
        "write the numbers that a dashboard follows to FILE too, as JSON", NULL),
    ROW("baseline", 0, OPTION_TEXT, baseline, "FILE",
        "compare with the sums that are recorded in FILE", NULL),
    ROW("max-growth", 0, OPTION_SIZE, max_growth, "SIZE",
        "how far a program's sum may have grown over the baseline", &option_in_mib),
    ROW("update-baseline", 0, OPTION_FLAG, update_baseline, NULL,
        "record the sums of these programs in the baseline", NULL),
    ROW("top", 0, OPTION_COUNT, top, "N", "break down the N heaviest images (10)", NULL),
    ROW("top-names", 0, OPTION_COUNT, top_names, "N",
        "say who fills the symbol tables: the N prefixes of names with the most bytes", NULL),
    ROW("advice", 0, OPTION_CHOICE, advice, "WHEN",
        "count what a new link or rewriting would free: " OPTION_CHOICES, &advice_times),
    ROW("exit-zero", 0, OPTION_FLAG, exit_zero, NULL,
        "exit 0 whatever is found, for build steps that only write the report", NULL),
    COLOR_ROW(struct check_arguments),
    ROW("jobs", 'j', OPTION_COUNT, jobs, "N", "use at most N threads (one per processor)", NULL),
    ROW("quiet", 'q', OPTION_FLAG, quiet, NULL, "text: only what failed", NULL),
    ROW("verbose", 'v', OPTION_FLAG, verbose, NULL, "text: every image and every rule's help",
        NULL),
};

/* One run of the verb. */
struct check {
    const struct call *call;
    struct arena *arena;
    struct check_arguments arguments;
    struct string_list operands;
    struct limits limits;
    struct judged_profiles profiles;
    struct baseline baseline;
    struct image_cache *cache;
    struct search search;
    struct programs programs;
    struct check_report report;
    size_t *starts; /* the first report of each program, and their count */
    size_t program_count;
    struct arena *arenas;      /* one a program: what was judged of it */
    struct string_list inputs; /* files read beside the library's */
};

static const struct report_format *format_of(const struct check_arguments *arguments) {
    return report_format_named(arguments->format == NULL ? formats.usual : arguments->format);
}

/* "-" is a place to write to, and for one result alone. */
static bool standard_output_valid(const struct check_arguments *arguments, struct error *error) {
    const char *const others[] = {arguments->output.depfile, arguments->metrics,
                                  arguments->baseline};
    size_t results = arguments->output.output == NULL;
    if (output_is_standard(arguments->baseline) && !arguments->update_baseline)
        return error_usage(error, "--baseline - needs --update-baseline: it is standard output");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        results += output_is_standard(others[i]);
    return results <= 1 ||
           error_usage(error,
                       "standard output takes one of the report, depfile, metrics and baseline");
}

/* One result would be written over another, or over the baseline. */
static bool places_differ(const struct check_arguments *arguments, struct error *error) {
    const struct {
        const char *option, *path;
    } places[] = {{"output", arguments->output.output},
                  {"depfile", arguments->output.depfile},
                  {"baseline", arguments->baseline},
                  {"metrics", arguments->metrics}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        for (size_t j = 0; j < i; j++)
            if (output_collides(places[i].path, places[j].path))
                return error_usage(error, "--%s %s: another file of this run has that name",
                                   places[i].option, places[i].path);
    return true;
}

static bool arguments_valid(struct check *check, struct error *error) {
    struct check_arguments *arguments = &check->arguments;
    if (check->operands.count == 0)
        return error_usage(error, "check needs an executable%s",
                           arguments->search.facts.count != 0 ? ", named before --facts" : "");
    if (arguments->baseline == NULL && (arguments->max_growth.given || arguments->update_baseline))
        return error_usage(error, "--max-growth and --update-baseline need --baseline");
    if (arguments->warn_at > 100)
        return error_usage(error, "--warn-at takes a percentage of at most 100");
    if (arguments->top_names != 0 && arguments->search.facts.count != 0)
        return error_usage(error, "--top-names needs the images themselves, not --facts");
    if (arguments->compact && format_of(arguments)->write_compact == NULL)
        return error_usage(error, "--compact needs --format json");
    return output_options_valid(&arguments->output, error) &&
           standard_output_valid(arguments, error) && places_differ(arguments, error);
}

enum { LARGEST_BASELINE = 16 << 20 };

/* A baseline that is to be updated may not be there yet, or be a place that is only written to. */
static bool load_baseline(struct check *check, struct error *error) {
    const char *path = check->arguments.baseline;
    char *text;
    size_t size;
    if (path == NULL || (check->arguments.update_baseline && !output_replaces(path)))
        return true;
    *vector_push(check->arena, &check->inputs) = path;
    return file_read_all(check->arena, path, LARGEST_BASELINE, &text, &size, error) &&
           (baseline_from_json(check->arena, text, size, &check->baseline, error) ||
            error_in_file(error, path));
}

/* Advice takes time to count; a program that has room wants none. */
static bool wants_advice(const struct check *check, const struct program_report *report) {
    const char *when = check->arguments.advice;
    if (when != NULL && strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    return judgement_wants_space(&report->judgement);
}

static void want_sizes(struct check *check, struct program_report *report,
                       struct wanted_sizes *wanted) {
    report->advises = wants_advice(check, report);
    for (size_t i = 0; i < report->heaviest_count; i++) {
        const struct loaded_image *loaded =
            &report->judged.program->images.items[report->heaviest[i]];
        wanted_sizes_add(check->arena, wanted, loaded);
        loaded->slice->wants_lossless |= report->advises;
    }
}

/* Takes the __LINKEDIT of the heaviest images apart; errors go to the library's. */
static void read_sizes(struct check *check) {
    struct wanted_sizes wanted = {.cache = check->cache};
    for (size_t i = 0; i < check->report.count; i++)
        want_sizes(check, &check->report.items[i], &wanted);
    wanted_sizes_read(&wanted, check->arguments.quiet);
}

static void find_top_names(struct check *check) {
    for (size_t i = 0; check->arguments.top_names != 0 && i < check->report.count; i++) {
        struct program_report *report = &check->report.items[i];
        struct top_names *names = arena_take(check->arena, sizeof *names);
        struct error error;
        if (!top_names_find(check->arena, report->judged.program, check->arguments.top_names, names,
                            &error))
            errors_add(image_cache_errors(check->cache), &error);
        report->top_names = names;
    }
}

/* That reads all images, so that it has to be asked for. */
static void count_exports(struct check *check) {
    const char *when = check->arguments.advice;
    if (when != NULL && strcmp(when, "always") == 0)
        advice_count_exports(check->arena, check->cache, check->arguments.search.arch,
                             &check->report);
}

/* Of whom the model of placement may not be true. */
static void find_hardened(struct check *check) {
    for (size_t i = 0; i < check->programs.count; i++) {
        const struct program *program = check->programs.items[i];
        struct error error;
        if (program->has_executable &&
            !image_cache_read_hardened(check->cache, program->images.items[0].file,
                                       program->images.items[0].slice, &error))
            errors_add(image_cache_errors(check->cache), &error);
    }
}

static void judge_report(struct check *check, struct arena *arena, struct program_report *report) {
    const struct program *program = report->judged.program;
    const struct baseline_row *row = baseline_find(
        &check->baseline, program->path, program->architecture->name, report->judged.profile->name);
    report->measure.has_baseline = row != NULL;
    report->measure.baseline_sum = row == NULL ? 0 : row->sum;
    if (row != NULL && check->limits.has_max_growth)
        report->measure.grown = baseline_grown(arena, &check->baseline, program);
    judge(arena, &report->measure, report->judged.limits, &report->judgement);
}

/* Measures and weighs the program once, and judges it for each of its systems. */
static void judge_program(void *context, size_t i) {
    struct check *check = context;
    struct arena *arena = &check->arenas[i];
    struct program_report *first = &check->report.items[check->starts[i]],
                          *end = &check->report.items[check->starts[i + 1]];
    struct known_placements known = {0};
    struct measure measure;
    program_measure(arena, first->judged.program, first->judged.profile, &measure);
    first->heaviest_count = check->arguments.top == NOT_GIVEN ? USUAL_TOP : check->arguments.top;
    first->heaviest = program_heaviest(arena, first->judged.program, &first->heaviest_count);
    for (struct program_report *report = first; report < end; report++) {
        report->measure = measure;
        report->measure.extents.known = &known;
        report->heaviest = first->heaviest;
        report->heaviest_count = first->heaviest_count;
        program_measure_for(report->judged.program, report->judged.profile, &report->measure);
        judge_report(check, arena, report);
        report->measure.extents.known = NULL;
    }
    known_placements_free(&known);
}

/* Whether a report is the first of its program: what is of the program is said with that. */
static bool is_first(const struct check_report *report, size_t i) {
    return i == 0 || report->items[i].judged.program != report->items[i - 1].judged.program;
}

static void judge_programs(struct check *check) {
    size_t count = check->report.count;
    check->starts = arena_take(check->arena, (count + 1) * sizeof *check->starts);
    check->arenas = arena_take(check->arena, count * sizeof *check->arenas);
    for (size_t i = 0; i < count; i++)
        if (is_first(&check->report, i))
            check->starts[check->program_count++] = i;
    check->starts[check->program_count] = count;
    parallel_for(check->program_count, judge_program, check);
}

/* A program that shrank by more than may grow back unnoticed. */
static void warn_of_stale_baseline(const struct check *check) {
    if (!check->arguments.max_growth.given || check->arguments.update_baseline)
        return;
    for (size_t i = 0; i < check->report.count; i++) {
        const struct program_report *report = &check->report.items[i];
        uint64_t before = report->measure.baseline_sum, sum = report->judgement.sum;
        if (is_first(&check->report, i) && report->measure.has_baseline && before > sum &&
            before - sum > check->limits.max_growth)
            text_print_line(stderr,
                            "vafit: %s: the entry of %s is stale, %s above what it needs now; "
                            "--update-baseline keeps the gain",
                            check->arguments.baseline, report->judged.program->path,
                            size_text(before - sum).text);
    }
}

/* A sum without the dylibs that are missing is too low: all later builds would have grown. */
static void record(struct check *check, const struct program_report *report, bool is_first) {
    const char *path = report->judged.program->path,
               *arch = report->judged.program->architecture->name;
    if (report->measure.unresolved_count != 0) {
        if (is_first)
            text_print_line(stderr, "vafit: %s: %s (%s) is not recorded, since dylibs are missing",
                            check->arguments.baseline, path, arch);
        return;
    }
    baseline_record(check->arena, &check->baseline, report->judged.program,
                    report->judged.profile->name, report->judgement.sum);
}

static bool update_baseline(struct check *check, struct error *error) {
    if (!check->arguments.update_baseline)
        return true;
    for (size_t i = 0; i < check->report.count; i++)
        record(check, &check->report.items[i], is_first(&check->report, i));
    struct text text = {0};
    baseline_write(&check->baseline, &text);
    bool written = output_put(check->arguments.baseline, text.data, text.size, error);
    text_free(&text);
    return written;
}

/* The options of this run that `vafit fix` takes as well. In the arena. */
static const char *options_again(const struct check *check) {
    struct text text = {0};
    text_add(&text, "");
    search_options_again(&check->arguments.search, &text);
    limit_options_again(&check->arguments.judge, &text);
    const char *again = arena_string(check->arena, text.data);
    text_free(&text);
    return again;
}

static bool write_report(struct check *check, struct error *error) {
    const struct check_arguments *arguments = &check->arguments;
    bool is_shown = arguments->output.output == NULL;
    const struct report_style style = {
        .color = terminal_takes_color(is_shown ? STDOUT_FILENO : -1),
        .width = is_shown ? terminal_width(STDOUT_FILENO) : 0,
        .quiet = arguments->quiet,
        .verbose = arguments->verbose,
        .options = options_again(check),
        .all_advice = arguments->verbose || arguments->advice != NULL,
        .names_heaviest = arguments->top != NOT_GIVEN,
    };
    const struct report_format *format = format_of(arguments);
    struct string_list inputs = *image_cache_opened(check->cache);
    struct text text = {0};
    for (size_t i = 0; i < check->inputs.count; i++)
        *vector_push(check->arena, &inputs) = check->inputs.items[i];
    check->report.source = image_cache_source(check->cache);
    (arguments->compact ? format->write_compact : format->write)(&check->report, &style, &text);
    bool written = output_write(&arguments->output, &text, &inputs, error);
    text_free(&text);
    return written;
}

/* The baseline that is updated was read as such. */
static bool results_spare_images(const struct check *check, struct error *error) {
    const struct check_arguments *arguments = &check->arguments;
    const struct string_list *images = image_cache_opened(check->cache);
    return result_spares("metrics", arguments->metrics, images, error) &&
           result_spares("metrics", arguments->metrics, &check->inputs, error) &&
           (!arguments->update_baseline ||
            result_spares("baseline", arguments->baseline, images, error));
}

static bool write_metrics(const struct check *check, struct error *error) {
    struct text text = {0};
    if (check->arguments.metrics == NULL)
        return true;
    metrics_write(&check->report, &text);
    bool written = output_put(check->arguments.metrics, text.data, text.size, error);
    text_free(&text);
    return written;
}

/* A program that exceeds a limit does so whatever is missing; one that merely misses dylibs was not
 * judged. */
static int exit_status(const struct check *check) {
    int status = EXIT_FITS;
    if (check->arguments.exit_zero)
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
    const struct report_style style = {.quiet = true,
                                       .color = terminal_takes_color(STDERR_FILENO),
                                       .width = terminal_width(STDERR_FILENO)};
    struct text text = {0};
    if (status == EXIT_FITS || check->arguments.output.output == NULL)
        return;
    check_write_text(&check->report, &style, &text);
    fputs(text.data, stderr);
    text_free(&text);
}

/* Everything after the options. */
static int check_programs(struct check *check) {
    struct judged_programs judged = {0};
    struct error error;
    programs_walk(check->arena, &check->arguments.search, &check->search, check->cache,
                  &check->operands, &check->programs);
    judged_programs_make(check->arena, check->programs.items, check->programs.count,
                         &check->profiles, &judged);
    for (size_t i = 0; i < judged.count; i++)
        *vector_push(check->arena, &check->report) =
            (struct program_report){.judged = judged.items[i]};
    if (image_cache_errors(check->cache)->count == 0) {
        find_hardened(check);
        judge_programs(check);
        read_sizes(check);
        count_exports(check);
        find_top_names(check);
    }
    if (image_cache_errors(check->cache)->count != 0) {
        errors_print(stderr, image_cache_errors(check->cache));
        return (int)errors_worst(image_cache_errors(check->cache));
    }
    warn_of_stale_baseline(check);
    if (!results_spare_images(check, &error) || !write_report(check, &error) ||
        !write_metrics(check, &error) || !update_baseline(check, &error))
        return call_fail(&verb_check, &error);
    int status = exit_status(check);
    explain(check, status);
    return status;
}

static bool prepare(struct check *check, struct error *error) {
    if (!call_parse(check->call, &verb_check, &check->arguments, &check->operands, error) ||
        !arguments_valid(check, error) ||
        !programs_expand(check->arena, &check->arguments.search, &check->operands, error) ||
        !limit_options_limits(&check->arguments.judge, &check->limits, error))
        return false;
    check->limits.has_max_growth = check->arguments.max_growth.given;
    check->limits.max_growth = check->arguments.max_growth.bytes;
    check->limits.warn_at = check->arguments.warn_at;
    if (!limit_options_profiles(check->arena, &check->arguments.judge, &check->inputs,
                                &check->limits, &check->profiles, error) ||
        !load_baseline(check, error))
        return false;
    check->search = search_of(&check->arguments.search);
    check->search.may_miss = check->arguments.judge.allow_missing;
    parallel_set_jobs(check->arguments.jobs);
    check->cache = search_open_cache(&check->arguments.search, error);
    return check->cache != NULL;
}

static int run(const struct call *call) {
    struct check check = {.call = call, .arena = call->arena, .arguments.top = NOT_GIVEN};
    struct error error;
    if (!prepare(&check, &error))
        return call_fail(&verb_check, &error);
    int status = check_programs(&check);
    for (size_t i = 0; i < check.program_count; i++)
        arena_free(&check.arenas[i]);
    image_cache_free(check.cache);
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
