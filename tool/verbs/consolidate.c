#include "base/parallel.h"
#include "base/path.h"
#include "base/size.h"
#include "base/text.h"
#include "commit/journal.h"
#include "fix/merge_apply.h"
#include "fix/merge_forecast.h"
#include "fix/merge_loads.h"
#include "fix/merge_places.h"
#include "fix/merge_resume.h"
#include "fix/merge_undo.h"
#include "merge/consolidation.h"
#include "merge/import_count.h"
#include "report/merge_report.h"
#include "rewrite/original.h"
#include "verbs/programs.h"
#include "verbs/verb.h"

#include <string.h>

struct consolidate_arguments {
    const char *color;
    struct output_options output;
    struct search_options search;
    const char *format;
    const char *out_dir;
    bool in_place;
    bool dry_run;
    bool undo;
    bool no_stubs;
    bool quiet;
    struct string_list groups;
    struct string_list exclude;
    const char *unstripped;
    const char *identity;
    struct size_option memory;
    unsigned jobs;
};

#define ROW(name, letter, kind, member, placeholder, help, choices)                                \
    {                                                                                              \
        name, letter, kind, offsetof(struct consolidate_arguments, member), placeholder, help,     \
            choices                                                                                \
    }

static const struct option_row rows[] = {
    ROW("in-place", 0, OPTION_FLAG, in_place, NULL, "replace the files themselves", NULL),
    ROW("out-dir", 0, OPTION_TEXT, out_dir, "DIR",
        "make a consolidated copy of the programs, with all they load, in DIR", NULL),
    ROW("undo", 0, OPTION_FLAG, undo, NULL, "put the originals back in place", NULL),
    ROW("dry-run", 0, OPTION_FLAG, dry_run, NULL, "print the plan, write nothing", NULL),
    ROW("group", 0, OPTION_EACH, groups, "NAME=GLOBS",
        "merge only dylibs whose file name one of GLOBS (a,b) matches, into NAME.dylib; repeatable",
        NULL),
    ROW("exclude", 0, OPTION_EACH, exclude, "GLOB",
        "leave dylibs alone whose file name GLOB matches; repeatable", NULL),
    ROW("no-stubs", 0, OPTION_FLAG, no_stubs, NULL,
        "with --out-dir: leave nothing under the old names", NULL),
    ROW("unstripped", 0, OPTION_TEXT, unstripped, "DIR",
        "keep the originals in DIR (beside the new files, as NAME.unstripped)", NULL),
    ROW("identity", 0, OPTION_TEXT, identity, "CMD",
        "sign by `CMD FILE` what was signed by an identity", NULL),
    ROW("memory", 0, OPTION_SIZE, memory, "SIZE",
        "make as many images at a time as SIZE of memory allows (a quarter of the machine's)",
        &option_in_mib),
    ROW("jobs", 'j', OPTION_COUNT, jobs, "N", "use at most N threads (one per processor)", NULL),
    ROW("quiet", 'q', OPTION_FLAG, quiet, NULL, "print nothing but errors", NULL),
    ROW("format", 0, OPTION_CHOICE, format, "FORMAT", OPTION_CHOICES, &text_or_json),
    OUTPUT_ROWS(struct consolidate_arguments, output),
    SEARCH_ROWS(struct consolidate_arguments, search),
    COLOR_ROW(struct consolidate_arguments),
};

/* --- the groups --- */

static void add_globs(struct arena *arena, const char *globs, struct string_list *list) {
    while (*globs != '\0') {
        size_t size = strcspn(globs, ",");
        if (size != 0)
            *vector_push(arena, list) = arena_copy(arena, globs, size);
        globs += size + (globs[size] == ',');
    }
}

static bool add_group(struct arena *arena, const char *option, struct group_rules *groups,
                      struct error *error) {
    static const char ending[] = ".dylib";
    size_t size = strcspn(option, "="), end = sizeof ending - 1;
    struct group_rule *group = vector_push(arena, groups);
    *group = (struct group_rule){0};
    if (option[size] == '=')
        add_globs(arena, option + size + 1, &group->globs);
    if (size == 0 || memchr(option, '/', size) != NULL || group->globs.count == 0)
        return error_usage(error, "--group %s: say NAME=GLOB, with a NAME that is no path", option);
    bool ends = size > end && strncmp(option + size - end, ending, end) == 0;
    group->leaf = arena_format(arena, "%.*s%s", (int)size, option, ends ? "" : ending);
    return true;
}

/* One run of the verb. */
struct consolidate {
    struct arena *arena;
    struct consolidate_arguments arguments;
    struct string_list operands;
    struct image_cache *cache;
    struct programs programs;
    struct predictions predictions;
    struct limits limits;
    struct consolidation all;
    struct reported_state *before, *after; /* one a program */
};

/* Whether the programs load what it asks for, or have it from an earlier run. */
static bool group_matches(const struct consolidate *run, const struct group_rule *group) {
    for (size_t i = 0; i < run->all.graph.count; i++) {
        const char *path = run->all.graph.items[i].file->path;
        if (group_rule_matches(group, path) || strcmp(path_leaf(path), group->leaf) == 0)
            return true;
    }
    return false;
}

static bool groups_match(const struct consolidate *run, const struct group_rules *groups,
                         struct error *error) {
    for (size_t i = 0; i < groups->count; i++)
        if (!group_matches(run, &groups->items[i]))
            return error_usage(error, "--group %s: the programs load no such dylib",
                               run->arguments.groups.items[i]);
    return true;
}

static bool arguments_valid(struct consolidate *run, struct error *error) {
    struct consolidate_arguments *arguments = &run->arguments;
    int places =
        (arguments->in_place ? 1 : 0) + (arguments->out_dir != NULL) + (arguments->undo ? 1 : 0);
    if (run->operands.count == 0)
        return error_usage(error, "consolidate needs an executable");
    if (arguments->search.facts.count != 0)
        return error_usage(error, "--facts: consolidate needs the images themselves");
    if (places > 1 || (places == 0 && !arguments->dry_run))
        return error_usage(error, "consolidate needs one of --in-place, --out-dir and --undo");
    if (arguments->out_dir != NULL && arguments->search.program != NULL)
        return error_usage(error, "--program: give consolidate --out-dir the program itself");
    if (arguments->undo && arguments->dry_run)
        return error_usage(error, "--undo has no dry run");
    if (arguments->no_stubs && arguments->out_dir == NULL)
        return error_usage(error, "--no-stubs needs --out-dir");
    if (arguments->unstripped != NULL && strcmp(arguments->unstripped, "none") == 0)
        return error_usage(error, "--unstripped none: nothing could bring the dylibs back");
    return output_options_valid(&arguments->output, error);
}

/* --- the programs --- */

static int walk(struct consolidate *run) {
    struct search search = search_of(&run->arguments.search);
    struct predict_input *input = arena_take(run->arena, sizeof *input);
    limits_default(&run->limits);
    run->cache = image_cache_on_disk();
    programs_walk(run->arena, &run->arguments.search, &search, run->cache, &run->operands,
                  &run->programs);
    struct judged_programs judged = {0};
    for (size_t i = 0; i < run->programs.count; i++)
        *vector_push(run->arena, &judged) =
            (struct judged_program){run->programs.items[i], profile_row(0), &run->limits};
    *input = (struct predict_input){.programs = judged.items, .program_count = judged.count};
    predictions_make(run->arena, cache_arena(run->cache), input, &run->predictions);
    errors_print(stderr, image_cache_errors(run->cache));
    return (int)errors_worst(image_cache_errors(run->cache));
}

static void release(struct consolidate *run) {
    consolidation_free(&run->all);
    predictions_free(&run->predictions);
    image_cache_free(run->cache);
}

/* --- what ended runs left --- */

static struct merge_traces traces_of(const struct consolidate *run) {
    struct merge_traces traces = {.arena = run->arena, .unstripped = run->arguments.unstripped};
    traces.files = image_cache_files(run->cache, &traces.count);
    return traces;
}

/* An operand that cannot be read may be what an ended run was at. */
static bool resume_operands(const struct consolidate *run, struct error *error) {
    struct resumed done = {0};
    for (size_t i = 0; i < run->operands.count; i++)
        if (!journal_resume(path_followed(run->arena, run->operands.items[i]), run->arguments.undo,
                            &done, error))
            return false;
    return true;
}

/* What is resumed was read before that, so that it has to be read again. */
static bool resume(struct consolidate *run, int *status, struct error *error) {
    struct resumed done = {0};
    struct merge_traces traces = traces_of(run);
    if (!merge_resume(&traces, run->arguments.undo, &done, error))
        return false;
    if (done.finished + done.discarded != 0) {
        release(run);
        run->programs = (struct programs){0};
        *status = walk(run);
    }
    traces = traces_of(run);
    return merge_remove_unneeded(&traces, error);
}

static int walk_resumed(struct consolidate *run) {
    bool in_place = run->arguments.in_place || run->arguments.undo;
    struct error error;
    bool done = !in_place || resume_operands(run, &error);
    int status = walk(run);
    if (!done || (in_place && !resume(run, &status, &error)))
        return call_fail(&verb_consolidate, &error);
    return status;
}

static int print_missing(const struct consolidate *run) {
    for (size_t i = 0; i < run->programs.count; i++)
        for (size_t j = 0; j < run->predictions.measures[i].unresolved_count; j++) {
            struct error error;
            error_malformed(&error, "", "%s", run->predictions.measures[i].unresolved[j]);
            error_print(stderr, &error);
            return EXIT_UNRESOLVED;
        }
    return EXIT_FITS;
}

/* --- doing it --- */

static struct reported_merge merge_report_of(struct consolidate *run, const struct merge_job *job,
                                             const struct merge *merge) {
    const struct merged_segment *last = &merge->segments[merge->segment_count - 1];
    struct reported_merge reported = {.path = merge_target(run->arena, job, merge),
                                      .install_name = merge->install_name};
    if (merge->file_size != 0)
        reported.va_after = last->address + last->vm_size;
    for (size_t i = 0; i < merge->part_count; i++) {
        *vector_push(run->arena, &reported.parts) = merge->parts[i].node->file->path;
        reported.va_before += merge->parts[i].image->vm_space;
    }
    return reported;
}

/* Stubs that images load which keep asking for the old names. */
static size_t count_stubs(struct consolidate *run) {
    const struct consolidation *all = &run->all;
    bool *loaded = arena_take(run->arena, all->graph.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < all->graph.count; i++) {
        const struct graph_node *node = &all->graph.items[i];
        for (size_t j = 0; all->clients[i].reason != NULL && j < node->image->dylibs.count; j++)
            if (node->loads[j] != NO_IMAGE && all->merge_of_node[node->loads[j]] != NULL)
                loaded[node->loads[j]] = true;
    }
    for (size_t i = 0; i < all->graph.count; i++)
        count += loaded[i];
    return count;
}

static void report_reasons(struct consolidate *run, struct merge_report *report) {
    const struct consolidation *all = &run->all;
    size_t count = all->graph.count;
    report->reasons = arena_take(run->arena, (count + 1) * sizeof *report->reasons);
    report->clients = arena_take(run->arena, (count + 1) * sizeof *report->clients);
    for (size_t i = 0; i < count; i++) {
        const char *path = all->graph.items[i].file->path;
        report->images_before++;
        report->images_after += all->merge_of_node[i] == NULL;
        if (all->needs[i].reason != NULL && !all->graph.items[i].is_root)
            report->reasons[report->reason_count++] =
                (struct reported_reason){path, all->needs[i].reason};
        if (all->clients[i].reason != NULL)
            report->clients[report->client_count++] =
                (struct reported_reason){path, all->clients[i].reason};
    }
    report->images_after += all->merge_count + count_stubs(run);
}

static void report_programs(struct consolidate *run, struct merge_report *report) {
    report->profile = profile_row(0)->name;
    report->programs = arena_take(run->arena, (run->programs.count + 1) * sizeof *report->programs);
    for (size_t i = 0; i < run->programs.count; i++)
        report->programs[report->program_count++] = (struct reported_program){
            .path = run->programs.items[i]->path,
            .architecture = run->programs.items[i]->architecture->name,
            .before = run->before[i],
            .after = run->after[i],
        };
}

static int report(struct consolidate *run, const struct merge_job *job) {
    struct merge_report report = {.is_planned = run->arguments.dry_run};
    struct text text = {0};
    struct error error;
    report.merges = arena_take(run->arena, (run->all.merge_count + 1) * sizeof *report.merges);
    for (size_t i = 0; i < run->all.merge_count; i++)
        report.merges[report.merge_count++] = merge_report_of(run, job, &run->all.merges[i]);
    report_reasons(run, &report);
    report_programs(run, &report);
    if (wants_json(run->arguments.format))
        merge_write_json(&report, &text);
    else if (!run->arguments.quiet)
        merge_write_text(&report, &text);
    bool written =
        output_write(&run->arguments.output, &text, image_cache_opened(run->cache), &error);
    text_free(&text);
    return written ? EXIT_FITS : call_fail(&verb_consolidate, &error);
}

/* --- what the programs are then --- */

static bool tell_states(struct consolidate *run, const struct programs *programs,
                        struct reported_state *states, struct error *error) {
    uint64_t *imports = arena_take(run->arena, (programs->count + 1) * sizeof *imports);
    if (!import_counts(run->arena, programs->items, programs->count, imports, error))
        return false;
    for (size_t i = 0; i < programs->count && i < run->programs.count; i++) {
        struct measure measure;
        struct judgement judgement;
        program_measure(run->arena, programs->items[i], profile_row(0), &measure);
        judge(run->arena, &measure, &run->limits, &judgement);
        states[i] = (struct reported_state){
            .image_count = measure.extents.count,
            .va = measure.executable + measure.dylibs,
            .imports = imports[i],
            .top = judgement.top,
            .top_slid = judgement.top_slid,
        };
    }
    return true;
}

/* The executables that the operands name, where the new ones are. */
static struct string_list new_operands(struct consolidate *run, const struct merge_job *job) {
    struct string_list operands = {0};
    for (size_t i = 0; i < run->operands.count; i++) {
        struct image_file *file = NULL;
        image_cache_find(run->cache, run->operands.items[i], &file);
        const char *path = run->operands.items[i];
        for (size_t j = 0; j < run->all.graph.count; j++)
            if (run->all.graph.items[j].file == file)
                path = merge_loaded_path(run->arena, job, j);
        *vector_push(run->arena, &operands) = path;
    }
    return operands;
}

/* Looks at the programs as they are in that library, which need not be on disk. What does not find
 * its dylibs is an error. */
static void look_again(struct consolidate *run, const struct merge_job *job,
                       struct image_cache *cache, struct errors *errors) {
    struct string_list operands = new_operands(run, job);
    struct search search = search_of(&run->arguments.search);
    struct programs programs = {0};
    programs_walk(run->arena, &run->arguments.search, &search, cache, &operands, &programs);
    const struct errors *found = image_cache_errors(cache);
    for (size_t i = 0; i < found->count; i++)
        errors_add(errors, &found->items[i]);
    for (size_t i = 0; i < programs.count && i < run->programs.count; i++)
        merge_compare_loads(run->arena, job, run->programs.items[i], programs.items[i], errors);
    struct error error;
    if (errors->count == 0 && !tell_states(run, &programs, run->after, &error))
        errors_add(errors, &error);
}

/* What does not find its dylibs leaves nothing changed. */
static void carry_out(struct consolidate *run, const struct merge_job *job, struct errors *errors) {
    struct applied_fix applied = {0};
    if (!merge_apply(job, &applied, errors))
        return;
    struct image_cache *cache = image_cache_on_disk();
    look_again(run, job, cache, errors);
    image_cache_free(cache);
    if (errors->count == 0)
        applied_fix_keep(&applied);
    else
        applied_fix_take_back(&applied, errors);
}

/* As carry_out, but that nothing is written. */
static void foresee(struct consolidate *run, const struct merge_job *job, struct errors *errors) {
    const struct output_paths placed = output_paths_in_place(run->arena, &run->predictions);
    struct merge_job in_place = *job;
    struct merge_forecast forecast = {0};
    struct error error;
    in_place.placed = &placed;
    if (merge_forecast_make(&run->all, job->no_stubs, &forecast, &error))
        look_again(run, &in_place, forecast.cache, errors);
    else
        errors_add(errors, &error);
    merge_forecast_free(&forecast);
}

/* Says how it ended; the exit status. */
static int do_job(struct consolidate *run, const struct merge_job *job) {
    struct errors errors = {0};
    struct error error;
    if (!tell_states(run, &run->programs, run->before, &error))
        errors_add(&errors, &error);
    memcpy(run->after, run->before, run->programs.count * sizeof *run->after);
    if (errors.count == 0 && run->arguments.dry_run)
        foresee(run, job, &errors);
    else if (errors.count == 0 && (run->all.merge_count != 0 || job->copies))
        carry_out(run, job, &errors);
    errors_print(stderr, &errors);
    int status = (int)errors_worst(&errors);
    errors_free(&errors);
    return status;
}

/* Where the files go, which has a say in what is merged. */
static struct output_paths place(struct consolidate *run) {
    return run->arguments.out_dir == NULL
               ? output_paths_in_place(run->arena, &run->predictions)
               : output_paths_in_folder(run->arena, &run->predictions, run->programs.items,
                                        run->programs.count, run->arguments.out_dir);
}

static int consolidate(struct consolidate *run) {
    const struct output_paths placed = place(run);
    struct merge_rules rules = {
        .exclude = run->arguments.exclude,
        .bound = merge_bound_files(run->arena, &run->predictions),
        .identity = run->arguments.identity,
    };
    struct error error = {0};
    if (!output_spares(&run->arguments.output, image_cache_opened(run->cache), &error) ||
        !output_leaves_room(&run->arguments.output, placed.targets,
                            run->predictions.plan.file_count, &error))
        return call_fail(&verb_consolidate, &error);
    run->all.arena = run->arena;
    run->before = arena_take(run->arena, (run->programs.count + 1) * sizeof *run->before);
    run->after = arena_take(run->arena, (run->programs.count + 1) * sizeof *run->after);
    for (size_t i = 0; i < run->arguments.groups.count; i++)
        if (!add_group(run->arena, run->arguments.groups.items[i], &rules.groups, &error))
            return call_fail(&verb_consolidate, &error);
    if (!consolidation_plan(&run->all, run->programs.items, run->programs.count, &rules, &error) ||
        !groups_match(run, &rules.groups, &error))
        return call_fail(&verb_consolidate, &error);
    merge_keep_clients(&run->all, &run->predictions);
    const struct merge_job job = {
        .all = &run->all,
        .predictions = &run->predictions,
        .placed = &placed,
        .copies = run->arguments.out_dir != NULL,
        .unstripped = run->arguments.out_dir != NULL ? "none" : run->arguments.unstripped,
        .identity = run->arguments.identity,
        .no_stubs = run->arguments.no_stubs,
        .quiet = run->arguments.quiet,
        .memory = run->arguments.memory.given ? run->arguments.memory.bytes : 0,
    };
    int status = do_job(run, &job);
    return status == EXIT_FITS ? report(run, &job) : status;
}

static int undo(struct consolidate *run) {
    struct errors errors = {0};
    size_t restored;
    merge_undo(run->arena, run->programs.items, run->programs.count, run->arguments.unstripped,
               &restored, &errors);
    struct merge_traces traces = traces_of(run);
    struct error error;
    if (errors.count == 0 && !merge_remove_idle_originals(&traces, &error))
        errors_add(&errors, &error);
    errors_print(stderr, &errors);
    int status = (int)errors_worst(&errors);
    errors_free(&errors);
    if (!run->arguments.quiet)
        printf("restored %zu files\n", restored);
    return status;
}

static int run(const struct call *call) {
    struct consolidate run = {.arena = call->arena};
    struct error error;
    if (!call_parse(call, &verb_consolidate, &run.arguments, &run.operands, &error) ||
        !arguments_valid(&run, &error) ||
        !programs_expand(run.arena, &run.arguments.search, &run.operands, &error))
        return call_fail(&verb_consolidate, &error);
    parallel_set_jobs(run.arguments.jobs);
    int status = walk_resumed(&run);
    if (status == 0 && run.arguments.undo)
        status = undo(&run);
    else if (status == 0 && (status = print_missing(&run)) == 0)
        status = consolidate(&run);
    release(&run);
    return status;
}

const struct verb verb_consolidate = {
    "consolidate",
    "EXECUTABLE... --in-place|--out-dir DIR|--undo [OPTIONS]",
    "make one image of several dylibs",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
