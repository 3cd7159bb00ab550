#include "base/file.h"
#include "base/output.h"
#include "base/path.h"
#include "base/size.h"
#include "base/subprocess.h"
#include "base/terminal.h"
#include "crash/observed_layout.h"
#include "program/bundle.h"
#include "program/image_cache.h"
#include "program/measure.h"
#include "report/sample_report.h"
#include "verbs/limit_options.h"
#include "verbs/programs.h"
#include "verbs/verb.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { USUAL_LAUNCHES = 20, USUAL_SECONDS = 5, MOST_LAUNCHES = 100000, MOST_SECONDS = 3600 };

struct sample_arguments {
    const char *color;
    struct output_options output;
    struct search_options search;
    struct limit_options judge; /* the profiles alone */
    const char *format;
    unsigned launches;
    unsigned timeout;
    const char *launcher;
    const char *reports;
    const char *keep;
};

#define ROW(name, letter, kind, member, placeholder, help, choices)                                \
    { name, letter, kind, offsetof(struct sample_arguments, member), placeholder, help, choices }

static const struct option_row rows[] = {
    OUTPUT_ROWS(struct sample_arguments, output),
    SEARCH_ROWS(struct sample_arguments, search),
    ROW("format", 0, OPTION_CHOICE, format, "FORMAT", OPTION_CHOICES, &text_or_json),
    ROW("launches", 0, OPTION_COUNT, launches, "N", "launch it N times (20)", NULL),
    ROW("timeout", 0, OPTION_COUNT, timeout, "SECONDS",
        "end a launch that still runs after SECONDS, and count it as one that went well (5)", NULL),
    PROFILE_ROW(struct sample_arguments, judge),
    ROW("launcher", 0, OPTION_TEXT, launcher, "CMD",
        "launch it by CMD, which is given the program and its arguments", NULL),
    ROW("reports", 0, OPTION_TEXT, reports, "DIR",
        "look for crash reports in DIR (~/Library/Logs/DiagnosticReports)", NULL),
    ROW("keep", 0, OPTION_TEXT, keep, "FILE|none",
        "keep the crash report of the first abort, or what it wrote, in FILE (NAME.abort)", NULL),
    COLOR_ROW(struct sample_arguments),
};

/* One run. */
struct sample_run {
    struct arena *arena;
    struct sample_arguments arguments;
    const char *operand;
    const char *executable;    /* the operand, or that of the bundle that it is */
    struct string_list passed; /* the program's arguments */
    const char *os;            /* "macOS 26.3"; NULL where that is not known */
    struct image_cache *cache; /* owned */
    struct programs programs;  /* owned */
    struct judged_profiles profiles;
    struct judged_programs judged;
    struct predicted_systems systems;
    struct sampled_launches launches;
    struct string_list inputs; /* what was read */
};

/* Where the first abort is kept; NULL for nowhere. */
static const char *keep_path(const struct sample_run *run) {
    const char *path = run->arguments.keep;
    if (path == NULL)
        return arena_format(run->arena, "%s.abort", path_leaf(run->executable));
    return strcmp(path, "none") == 0 ? NULL : path;
}

/* --- the command line --- */

static bool counts_valid(const struct sample_arguments *arguments, struct error *error) {
    if (arguments->launches == 0 || arguments->launches > MOST_LAUNCHES)
        return error_usage(error, "--launches takes 1 to %d", MOST_LAUNCHES);
    if (arguments->timeout == 0 || arguments->timeout > MOST_SECONDS)
        return error_usage(error, "--timeout takes 1 to %d seconds", MOST_SECONDS);
    if (arguments->search.program != NULL)
        return error_usage(error, "sample launches a program; --program is for plug-ins");
    return true;
}

/* What is kept has a place of its own. */
static bool keep_differs(const struct sample_run *run, struct error *error) {
    const struct output_options *output = &run->arguments.output;
    const char *path = keep_path(run);
    if (output_is_standard(path) && output->output == NULL)
        return error_usage(error, "--keep -: standard output has the report; give --output FILE");
    return (!output_collides(path, output->output) && !output_collides(path, output->depfile)) ||
           error_usage(error, "--keep %s: another file of this run has that name", path);
}

/* The options stand before "--", the program's arguments after it. */
static bool read_call(const struct call *call, struct sample_run *run, struct error *error) {
    const struct call own = call_split(call, &run->passed);
    struct string_list operands = {0};
    if (!call_parse(&own, &verb_sample, &run->arguments, &operands, error) ||
        !output_options_valid(&run->arguments.output, error) ||
        !counts_valid(&run->arguments, error))
        return false;
    if (operands.count != 1)
        return error_usage(error, "sample needs one executable, and its arguments after --");
    run->operand = operands.items[0];
    return true;
}

/* --- the prediction --- */

/* An application stands for its executable. */
static bool find_executable(struct sample_run *run, struct error *error) {
    struct bundle bundle = {0};
    run->executable = run->operand;
    if (run->operand[0] == '\0' || !path_is_folder(run->operand))
        return true;
    if (!bundle_read(run->arena, path_followed(run->arena, run->operand), &bundle, error) &&
        error->kind != ERROR_NONE)
        return false;
    run->executable = bundle.executable;
    if (run->executable != NULL)
        return true;
    error_malformed(error, "", "a folder that is no bundle with an executable");
    return error_in_file(error, run->operand);
}

/* What sw_vers says; without it, or without an answer, the system is not known. */
static void find_system(struct sample_run *run) {
    static const struct subprocess_limits limits = {.seconds = 10, .memory = 8 * GIB, .output = 64};
    const char *program = subprocess_find(run->arena, "sw_vers", "VAFIT_SW_VERS");
    struct text version = {0};
    struct error ignored;
    if (program != NULL &&
        subprocess_output(program, "-productVersion", &limits, &version, &ignored) &&
        version.size != 0)
        run->os =
            arena_format(run->arena, "macOS %.*s", (int)strcspn(version.data, "\n"), version.data);
    text_free(&version);
}

/* Those that are asked for; else that of the running system; else those of check. */
static bool find_profiles(struct sample_run *run, struct error *error) {
    struct limit_options *judge = &run->arguments.judge;
    struct limits limits;
    bool is_assumed;
    if (judge->profiles.count == 0 && run->os != NULL) {
        const struct profile *profile = profile_of_system(run->os, &is_assumed);
        if (!is_assumed)
            *vector_push(run->arena, &judge->profiles) = profile->name;
    }
    return limit_options_limits(judge, &limits, error) &&
           limit_options_profiles(run->arena, judge, &run->inputs, &limits, &run->profiles, error);
}

/* The family of the slice that the system starts: that of the machine, arm64 elsewhere. */
static const char *family_of_machine(void) {
    struct utsname name;
    bool is_intel = uname(&name) == 0 && strcmp(name.sysname, "Darwin") == 0 &&
                    strcmp(name.machine, "x86_64") == 0;
    return is_intel ? "x86_64" : "arm64";
}

/* Only the slices that the system would start; all where there is none of its own. */
static struct programs programs_of_machine(struct sample_run *run) {
    struct programs own = {0};
    for (size_t i = 0; i < run->programs.count; i++)
        if (strcmp(run->programs.items[i]->architecture->family, family_of_machine()) == 0)
            *vector_push(run->arena, &own) = run->programs.items[i];
    return own.count != 0 ? own : run->programs;
}

static void predict(struct sample_run *run) {
    const struct programs programs = programs_of_machine(run);
    judged_programs_make(run->arena, programs.items, programs.count, &run->profiles, &run->judged);
    for (size_t i = 0; i < run->judged.count; i++) {
        struct predicted_system *system = vector_push(run->arena, &run->systems);
        struct measure measure;
        system->judged = &run->judged.items[i];
        program_measure(run->arena, system->judged->program, system->judged->profile, &measure);
        judge(run->arena, &measure, system->judged->limits, &system->judgement);
    }
}

static bool has_executable(const struct sample_run *run, struct error *error) {
    for (size_t i = 0; i < run->programs.count; i++)
        if (!run->programs.items[i]->has_executable) {
            error_malformed(error, "", "no executable, which sample launches");
            return error_in_file(error, run->executable);
        }
    return true;
}

/* Walks the program; the exit status of what went wrong, EXIT_FITS when nothing did. */
static int walk(struct sample_run *run) {
    const struct search_options *options = &run->arguments.search;
    const struct search search = search_of(options);
    const struct string_list operands = {&run->executable, 1, 1};
    struct error error;
    programs_walk(run->arena, options, &search, run->cache, &operands, &run->programs);
    struct errors *errors = image_cache_errors(run->cache);
    if (errors->count == 0 && !has_executable(run, &error))
        errors_add(errors, &error);
    errors_print(stderr, errors);
    return (int)errors_worst(errors);
}

/* --- the launches --- */

static struct string_list command_of(const struct sample_run *run) {
    struct string_list command = {0};
    const char *path = run->executable;
    if (run->arguments.launcher != NULL)
        *vector_push(run->arena, &command) = run->arguments.launcher;
    /* Not one of PATH. */
    *vector_push(run->arena, &command) =
        strchr(path, '/') == NULL ? arena_format(run->arena, "./%s", path) : path;
    for (size_t i = 0; i < run->passed.count; i++)
        *vector_push(run->arena, &command) = run->passed.items[i];
    return command;
}

/* A launcher that cannot start the program says so by these, as a shell does. */
static bool launched_all(const struct sample_run *run, struct error *error) {
    enum { CANNOT_BE_RUN = 126, NOT_FOUND = 127 };
    for (size_t i = 0; run->arguments.launcher != NULL && i < run->launches.count; i++) {
        const struct sampled_launch *launch = &run->launches.items[i];
        if (launch->outcome == LAUNCH_ENDED &&
            (launch->end.status == CANNOT_BE_RUN || launch->end.status == NOT_FOUND))
            return error_io(error, run->arguments.launcher,
                            "ended with exit status %d, as when it cannot run %s",
                            launch->end.status, run->executable);
    }
    return true;
}

static bool take(struct sample_run *run, struct error *error) {
    const struct sample_arguments *arguments = &run->arguments;
    const struct string_list command = command_of(run);
    const struct sample_plan plan = {
        .command = &command,
        .process = path_leaf(run->executable),
        .is_indirect = arguments->launcher != NULL,
        .launches = arguments->launches,
        .seconds = arguments->timeout,
        .reports =
            arguments->reports != NULL ? arguments->reports : report_folder_default(run->arena),
    };
    return sample_take(run->arena, &plan, &run->launches, error) && launched_all(run, error);
}

/* --- what is told of them --- */

static bool keep(struct sample_run *run, struct sample_report *report, struct error *error) {
    const char *path = keep_path(run);
    char *data;
    size_t size;
    report->kept = sample_to_keep(&run->launches);
    if (report->kept == NULL || path == NULL)
        return true;
    if (report->kept->report == NULL) {
        data = arena_string(run->arena, report->kept->errors);
        size = strlen(data);
    } else if (!file_read_all(run->arena, report->kept->report, LARGEST_REPORT, &data, &size,
                              error))
        return false;
    report->kept_in = path;
    return output_put(path, data, size, error);
}

static void add_command(struct sample_run *run, struct sample_report *report) {
    struct text command = {0};
    if (report->kept_in == NULL)
        return;
    text_add(&command, "vafit explain");
    search_options_again(&run->arguments.search, &command);
    text_add(&command, " ");
    text_add_shell_path(&command, report->kept_in);
    text_add(&command, " ");
    text_add_shell_path(&command, run->operand);
    report->command = arena_string(run->arena, command.data);
    text_free(&command);
}

static int exit_status(const struct sample_run *run) {
    return sample_aborts(&run->launches, CAUSE_MALLOC_WINDOW) +
                       sample_aborts(&run->launches, CAUSE_SHARED_REGION) !=
                   0
               ? EXIT_EXCEEDS
               : EXIT_FITS;
}

static int report(struct sample_run *run) {
    const struct output_options *output = &run->arguments.output;
    struct sample_report report = {
        .executable = run->operand,
        .os = run->os,
        .seconds = run->arguments.timeout,
        .launches = &run->launches,
        .systems = &run->systems,
    };
    struct text text = {0};
    struct error error;
    if (!keep(run, &report, &error))
        return call_fail(&verb_sample, &error);
    add_command(run, &report);
    if (wants_json(run->arguments.format))
        sample_write_json(&report, &text);
    else
        sample_write_text(&report, output->output == NULL ? terminal_width(STDOUT_FILENO) : 0,
                          &text);
    bool written = output_write(output, &text, &run->inputs, &error);
    text_free(&text);
    return written ? exit_status(run) : call_fail(&verb_sample, &error);
}

static void note_inputs(struct sample_run *run) {
    const struct string_list *opened = image_cache_opened(run->cache);
    for (size_t i = 0; i < opened->count; i++)
        *vector_push(run->arena, &run->inputs) = opened->items[i];
}

/* Found before the launches, which take long. */
static bool results_spare_inputs(struct sample_run *run, struct error *error) {
    const struct output_options *output = &run->arguments.output;
    struct string_list launched = {0};
    *vector_push(run->arena, &launched) = run->executable;
    if (run->arguments.launcher != NULL)
        *vector_push(run->arena, &launched) = run->arguments.launcher;
    return output_spares(output, &run->inputs, error) && output_spares(output, &launched, error) &&
           result_spares("keep", keep_path(run), &run->inputs, error) &&
           result_spares("keep", keep_path(run), &launched, error);
}

static int sample(struct sample_run *run) {
    struct error error;
    int status = walk(run);
    if (status != EXIT_FITS)
        return status;
    find_system(run);
    note_inputs(run);
    if (!find_profiles(run, &error) || !results_spare_inputs(run, &error))
        return call_fail(&verb_sample, &error);
    predict(run);
    if (!take(run, &error))
        return call_fail(&verb_sample, &error);
    if (subprocess_signal() != 0)
        return die_by_signal(subprocess_signal());
    return report(run);
}

static int run(const struct call *call) {
    struct sample_run run = {.arena = call->arena,
                             .arguments = {.launches = USUAL_LAUNCHES, .timeout = USUAL_SECONDS}};
    struct error error;
    if (!read_call(call, &run, &error) || !find_executable(&run, &error) ||
        !keep_differs(&run, &error))
        return call_fail(&verb_sample, &error);
    run.cache = search_open_cache(&run.arguments.search, &error);
    if (run.cache == NULL)
        return call_fail(&verb_sample, &error);
    int status = sample(&run);
    image_cache_free(run.cache);
    return status;
}

const struct verb verb_sample = {
    "sample",
    "EXECUTABLE [OPTIONS] [-- ARGUMENT...]",
    "launch a program many times on a Mac: how many launches abort for its size?",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
