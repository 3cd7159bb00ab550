#include "base/parallel.h"
#include "base/size.h"
#include "base/text.h"
#include "commit/journal.h"
#include "fix/merge_apply.h"
#include "fix/merge_resume.h"
#include "fix/merge_undo.h"
#include "merge/consolidation.h"
#include "report/merge_report.h"
#include "rewrite/original.h"
#include "verbs/programs.h"
#include "verbs/verb.h"

#include <string.h>

struct consolidate_arguments {
    struct output_options output;
    struct search_options search;
    const char *format;
    const char *out_dir;
    bool in_place;
    bool dry_run;
    bool undo;
    bool no_stubs;
    bool quiet;
    struct string_list exclude;
    const char *unstripped;
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
    ROW("exclude", 0, OPTION_EACH, exclude, "GLOB",
        "leave dylibs alone whose leaf name GLOB matches; repeatable", NULL),
    ROW("no-stubs", 0, OPTION_FLAG, no_stubs, NULL,
        "with --out-dir: leave nothing under the old names", NULL),
    ROW("unstripped", 0, OPTION_TEXT, unstripped, "DIR",
        "keep the originals in DIR (beside the new files, as NAME.unstripped)", NULL),
    ROW("memory", 0, OPTION_SIZE, memory, "SIZE",
        "make as many images at a time as SIZE of memory allows (a quarter of the machine's)",
        &option_in_mib),
    ROW("jobs", 'j', OPTION_COUNT, jobs, "N", "use at most N threads (one per processor)", NULL),
    ROW("quiet", 'q', OPTION_FLAG, quiet, NULL, "print nothing but errors", NULL),
    ROW("format", 0, OPTION_CHOICE, format, "FORMAT", OPTION_CHOICES, &text_or_json),
    OUTPUT_ROWS(struct consolidate_arguments, output),
    SEARCH_ROWS(struct consolidate_arguments, search),
};

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
};

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
    *input = (struct predict_input){.limits = &run->limits, .profile = profile_row(0)};
    limits_default(&run->limits);
    run->cache = image_cache_on_disk();
    programs_walk(run->arena, &run->arguments.search, &search, run->cache, &run->operands,
                  &run->programs);
    input->programs = run->programs.items;
    input->program_count = run->programs.count;
    predictions_make(run->arena, cache_arena(run->cache), input, &run->predictions);
    errors_print(stderr, image_cache_errors(run->cache));
    return (int)errors_worst(image_cache_errors(run->cache));
}

static void release(struct consolidate *run) {
    consolidation_free(&run->all);
    predictions_free(&run->predictions);
    programs_free(&run->programs);
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
    report->images_after += all->merge_count;
}

static int report(struct consolidate *run, const struct merge_job *job) {
    struct merge_report report = {.is_planned = run->arguments.dry_run};
    struct text text = {0};
    struct error error;
    report.merges = arena_take(run->arena, (run->all.merge_count + 1) * sizeof *report.merges);
    for (size_t i = 0; i < run->all.merge_count; i++)
        report.merges[report.merge_count++] = merge_report_of(run, job, &run->all.merges[i]);
    report_reasons(run, &report);
    if (wants_json(run->arguments.format))
        merge_write_json(&report, &text);
    else if (!run->arguments.quiet)
        merge_write_text(&report, &text);
    bool written =
        output_write(&run->arguments.output, &text, image_cache_opened(run->cache), &error);
    text_free(&text);
    return written ? EXIT_FITS : call_fail(&verb_consolidate, &error);
}

/* --- what the programs load then --- */

static bool loads(struct arena *arena, const struct program *program, const char *path) {
    const char *real = file_real(arena, path);
    for (size_t i = 0; i < program->images.count; i++)
        if (strcmp(file_real(arena, program->images.items[i].file->path), real) == 0)
            return true;
    return false;
}

/* LC_RPATHs of parts count for all of them now: what was found must be found still. */
static void compare_loads(struct consolidate *run, const struct merge_job *job,
                          const struct program *before, const struct program *after,
                          struct errors *errors) {
    for (size_t i = 0; i < before->images.count; i++) {
        size_t node = image_graph_find(&run->all.graph, before->images.items[i].slice);
        const char *path = merge_loaded_path(run->arena, job, node);
        struct error error;
        if (loads(run->arena, after, path))
            continue;
        error_malformed(&error, "", "would not load %s any more", path);
        error_in_file(&error, after->path);
        errors_add(errors, &error);
    }
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

static void walk_again(struct consolidate *run, const struct merge_job *job,
                       struct errors *errors) {
    struct string_list operands = new_operands(run, job);
    struct search search = search_of(&run->arguments.search);
    struct image_cache *cache = image_cache_on_disk();
    struct programs programs = {0};
    programs_walk(run->arena, &run->arguments.search, &search, cache, &operands, &programs);
    const struct errors *found = image_cache_errors(cache);
    for (size_t i = 0; i < found->count; i++)
        errors_add(errors, &found->items[i]);
    for (size_t i = 0; i < programs.count && i < run->programs.count; i++)
        compare_loads(run, job, run->programs.items[i], programs.items[i], errors);
    programs_free(&programs);
    image_cache_free(cache);
}

/* What does not find its dylibs leaves nothing changed. */
static int carry_out(struct consolidate *run, const struct merge_job *job) {
    struct applied_fix applied = {0};
    struct errors errors = {0};
    if (merge_apply(job, &applied, &errors)) {
        walk_again(run, job, &errors);
        if (errors.count == 0)
            applied_fix_keep(&applied);
        else
            applied_fix_take_back(&applied, &errors);
    }
    errors_print(stderr, &errors);
    int status = (int)errors_worst(&errors);
    errors_free(&errors);
    return status;
}

static int consolidate(struct consolidate *run) {
    const struct merge_rules rules = {.exclude = run->arguments.exclude};
    struct error error = {0};
    run->all.arena = run->arena;
    if (!consolidation_plan(&run->all, run->programs.items, run->programs.count, &rules, &error))
        return call_fail(&verb_consolidate, &error);
    const struct output_paths placed =
        run->arguments.out_dir == NULL
            ? output_paths_in_place(run->arena, &run->predictions)
            : output_paths_in_folder(run->arena, &run->predictions, run->programs.items,
                                     run->programs.count, run->arguments.out_dir);
    const struct merge_job job = {
        .all = &run->all,
        .predictions = &run->predictions,
        .placed = &placed,
        .copies = run->arguments.out_dir != NULL,
        .unstripped = run->arguments.out_dir != NULL ? "none" : run->arguments.unstripped,
        .no_stubs = run->arguments.no_stubs,
        .memory = run->arguments.memory.given ? run->arguments.memory.bytes : 0,
    };
    bool writes = !run->arguments.dry_run && (run->all.merge_count != 0 || job.copies);
    int status = writes ? carry_out(run, &job) : EXIT_FITS;
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
        !arguments_valid(&run, &error))
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
