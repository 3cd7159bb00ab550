#include "base/memory.h"
#include "base/path.h"
#include "base/terminal.h"
#include "base/text.h"
#include "commit/journal.h"
#include "fix/merge_loads.h"
#include "fix/merge_resume.h"
#include "fix/merge_undo.h"
#include "fix/undo.h"
#include "verbs/fix_run.h"
#include "verbs/verb.h"

#include <string.h>
#include <unistd.h>

#define CONSOLIDATE "consolidate"

/* The levels, then each with consolidation, which by itself stands for the usual one. */
static const char *up_to_name(size_t i) {
    static const char *const names[] = {
        CONSOLIDATE,           "lossless+" CONSOLIDATE, "debug-map+" CONSOLIDATE,
        "locals+" CONSOLIDATE, "symbols+" CONSOLIDATE,  "exports+" CONSOLIDATE};
    size_t levels = 0;
    while (level_name(levels) != NULL)
        levels++;
    if (i < levels)
        return level_name(i);
    return i - levels < sizeof names / sizeof names[0] ? names[i - levels] : NULL;
}

static const struct option_choices up_to_levels = {.choice = up_to_name, .usual = "locals"};

#define ROW(name, letter, kind, member, placeholder, help, choices)                                \
    { name, letter, kind, offsetof(struct fix_arguments, member), placeholder, help, choices }

static const struct option_row rows[] = {
    ROW("in-place", 0, OPTION_FLAG, in_place, NULL, "replace the files themselves", NULL),
    ROW("out-dir", 0, OPTION_TEXT, out_dir, "DIR",
        "make a copy of the programs that fits, with all they load, in DIR", NULL),
    ROW("undo", 0, OPTION_FLAG, undo, NULL, "put the originals back in place", NULL),
    ROW("dry-run", 0, OPTION_FLAG, dry_run, NULL, "print the plan, write nothing", NULL),
    ROW("plan", 0, OPTION_TEXT, plan, "FILE",
        "with --dry-run: add to FILE what links are to shrink, for vafit link --plan", NULL),
    ROW("up-to", 0, OPTION_CHOICE, up_to, "LEVEL",
        "the highest level, and whether dylibs may be consolidated: " OPTION_CHOICES,
        &up_to_levels),
    ROW("keep-export", 0, OPTION_EACH, rules.keep, "GLOB",
        "with --up-to exports: keep the exports GLOB matches; repeatable", NULL),
    ROW("ignore-strings", 0, OPTION_FLAG, rules.ignore_strings, NULL,
        "with --up-to exports: keep no export only because a C string names it", NULL),
    ROW("assume-closed", 0, OPTION_FLAG, assume_closed, NULL,
        "with --up-to exports: no other image than these will ask for an export", NULL),
    ROW("memory", 0, OPTION_SIZE, memory, "SIZE",
        "use at most SIZE of memory (a quarter of the machine's)", &option_in_mib),
    ROW("format", 0, OPTION_CHOICE, format, "FORMAT", OPTION_CHOICES, &text_or_json),
    OUTPUT_ROWS(struct fix_arguments, output),
    SEARCH_ROWS(struct fix_arguments, search),
    LIMIT_ROWS(struct fix_arguments, judge),
    SHRINK_ROWS(struct fix_arguments, shrink),
    COLOR_ROW(struct fix_arguments),
};

/* A world of one architecture is not closed: files have slices of others. */
static bool world_options_valid(const struct fix_arguments *arguments, struct error *error) {
    bool drops = level_named(arguments->up_to)->drops_exports;
    if (drops && arguments->search.arch != NULL)
        return error_usage(error, "--up-to exports needs all architectures, without --arch");
    return drops ||
           (arguments->rules.keep.count == 0 && !arguments->rules.ignore_strings &&
            !arguments->assume_closed) ||
           error_usage(error, "--keep-export, --ignore-strings and --assume-closed need --up-to "
                              "exports");
}

/* "symbols+consolidate" is the level symbols. */
static void take_up_to(struct fix *fix) {
    const char *given = fix->arguments.up_to;
    const char *plus = given == NULL ? NULL : strchr(given, '+');
    fix->consolidates = plus != NULL || (given != NULL && strcmp(given, CONSOLIDATE) == 0);
    if (plus != NULL)
        fix->arguments.up_to = arena_copy(fix->arena, given, (size_t)(plus - given));
    else if (given == NULL || fix->consolidates)
        fix->arguments.up_to = up_to_levels.usual;
}

/* Dylibs that become one file cannot be made again from it. */
static bool originals_are_kept(const struct fix *fix, struct error *error) {
    const struct fix_arguments *arguments = &fix->arguments;
    return !fix->consolidates || !arguments->in_place || arguments->shrink.unstripped == NULL ||
           strcmp(arguments->shrink.unstripped, "none") != 0 ||
           error_usage(error, "--unstripped none: nothing could bring the dylibs back");
}

static bool arguments_valid(struct fix *fix, struct error *error) {
    struct fix_arguments *arguments = &fix->arguments;
    int places =
        (arguments->in_place ? 1 : 0) + (arguments->out_dir != NULL) + (arguments->undo ? 1 : 0);
    if (fix->operands.count == 0)
        return error_usage(error, "fix needs an executable");
    if (arguments->search.facts.count != 0)
        return error_usage(error, "--facts: fix needs the images themselves");
    if (places > 1 || (places == 0 && !arguments->dry_run))
        return error_usage(error, "fix needs one of --in-place, --out-dir and --undo");
    if (arguments->out_dir != NULL && arguments->search.program != NULL)
        return error_usage(error, "--program: give fix --out-dir the program itself");
    if (arguments->undo && arguments->dry_run)
        return error_usage(error, "--undo has no dry run");
    return shrink_options_valid(&arguments->shrink, error) && fix_plan_valid(fix, error) &&
           world_options_valid(arguments, error) && originals_are_kept(fix, error) &&
           output_options_valid(&arguments->output, error);
}

/* Those that may be looked at, be it to say what the next one would give. */
static size_t count_levels(const struct fix_arguments *arguments) {
    size_t count = 0;
    while (level_row(count) != NULL &&
           (arguments->search.arch == NULL || !level_row(count)->drops_exports))
        count++;
    return count;
}

static size_t levels_up_to(const char *name) {
    size_t count = 0;
    while (level_row(count) != level_named(name))
        count++;
    return count + 1;
}

static bool prepare(struct fix *fix, const struct call *call, struct error *error) {
    struct fix_arguments *arguments = &fix->arguments;
    if (!call_parse(call, &verb_fix, arguments, &fix->operands, error))
        return false;
    take_up_to(fix);
    if (!arguments_valid(fix, error) ||
        !programs_expand(fix->arena, &arguments->search, &fix->operands, error) ||
        !limit_options_limits(&arguments->judge, &fix->limits, error) ||
        !limit_options_profiles(fix->arena, &arguments->judge, &fix->inputs, &fix->limits,
                                &fix->profiles, error))
        return false;
    fix->options = rewrite_options_of(&arguments->shrink, NULL);
    fix->options.no_sync = arguments->out_dir != NULL;
    fix->predict = (struct predict_options){
        .level_count = count_levels(arguments),
        .rules = &arguments->rules,
        .rewrite = &fix->options,
        .memory = arguments->memory.given ? arguments->memory.bytes : memory_of_machine() / 4,
        .quiet = arguments->shrink.quiet,
    };
    return true;
}

/* --- the programs --- */

void walked_free(struct walked_programs *walked) {
    predictions_free(&walked->predictions);
    image_cache_free(walked->cache);
}

int fix_walk(struct fix *fix, const struct string_list *operands, struct image_cache *cache,
             struct predictions *known, struct walked_programs *walked) {
    struct search search = search_of(&fix->arguments.search);
    *walked = (struct walked_programs){.cache = cache};
    search.may_miss = fix->arguments.judge.allow_missing;
    programs_walk(fix->arena, &fix->arguments.search, &search, walked->cache, operands,
                  &walked->programs);
    judged_programs_make(fix->arena, walked->programs.items, walked->programs.count, &fix->profiles,
                         &walked->judged);
    walked->input = (struct predict_input){
        .programs = walked->judged.items,
        .program_count = walked->judged.count,
        .options = fix->predict,
    };
    walked->input.options.known = known;
    predictions_make(fix->arena, cache_arena(walked->cache), &walked->input, &walked->predictions);
    errors_print(stderr, image_cache_errors(walked->cache));
    return (int)errors_worst(image_cache_errors(walked->cache));
}

/* As the files on disk are. */
static int walk(struct fix *fix, const struct string_list *operands,
                struct walked_programs *walked) {
    return fix_walk(fix, operands, image_cache_on_disk(), NULL, walked);
}

/* --- what ended runs left --- */

/* What is resumed was read before that, so that it has to be read again. */
static bool resume_files(const struct fix *fix, const struct walked_programs *walked, bool *resumed,
                         struct error *error) {
    struct resumed done = {0};
    struct merge_traces traces = {.arena = fix->arena,
                                  .unstripped = fix->arguments.shrink.unstripped};
    traces.files = image_cache_files(walked->cache, &traces.count);
    *resumed = false;
    if (!merge_resume(&traces, fix->arguments.undo, &done, error))
        return false;
    *resumed = done.finished + done.discarded != 0;
    if (*resumed)
        shrink_print_resumed(&fix->arguments.shrink, fix->operands.items[0], &done);
    return *resumed || merge_remove_unneeded(&traces, error);
}

/* An operand that cannot be read may be what an ended run was at. */
static bool resume_operands(const struct fix *fix, struct error *error) {
    struct resumed done = {0};
    for (size_t i = 0; i < fix->operands.count; i++)
        if (!journal_resume(path_followed(fix->arena, fix->operands.items[i]), fix->arguments.undo,
                            &done, error))
            return false;
    if (done.finished + done.discarded != 0)
        shrink_print_resumed(&fix->arguments.shrink, fix->operands.items[0], &done);
    return true;
}

/* As walk, after what ended runs left of the programs and all they load; a dry run, or one that
 * writes elsewhere, leaves that alone. */
static int walk_resumed(struct fix *fix, struct walked_programs *walked) {
    struct error error;
    bool in_place = fix->arguments.in_place || fix->arguments.undo, resumed = false;
    if (in_place && !resume_operands(fix, &error)) {
        *walked = (struct walked_programs){.cache = image_cache_on_disk()};
        return call_fail(&verb_fix, &error);
    }
    int status = walk(fix, &fix->operands, walked);
    if (in_place && !resume_files(fix, walked, &resumed, &error))
        return call_fail(&verb_fix, &error);
    if (!resumed)
        return status;
    walked_free(walked);
    status = walk(fix, &fix->operands, walked);
    return resume_files(fix, walked, &resumed, &error) ? status : call_fail(&verb_fix, &error);
}

/* Dylibs that are missing make every number of a program too small. */
static int print_missing(const struct fix *fix, const struct walked_programs *walked) {
    int status = EXIT_FITS;
    for (size_t i = 0; i < walked->judged.count; i++) {
        const struct measure *measure = &walked->predictions.measures[i];
        bool was_told =
            i != 0 && walked->judged.items[i].program == walked->judged.items[i - 1].program;
        for (size_t j = 0; !was_told && j < measure->unresolved_count; j++) {
            struct error error;
            error_malformed(&error, "", "%s", measure->unresolved[j]);
            error_print(stderr, &error);
            if (fix->limits.severities[RULE_UNRESOLVED] == SEVERITY_ERROR)
                status = EXIT_UNRESOLVED;
        }
    }
    return status;
}

/* --- the report --- */

static void report_programs(struct fix *fix, const struct walked_programs *walked) {
    struct fix_report *report = &fix->report;
    report->up_to = fix->arguments.up_to;
    report->consolidates = fix->consolidates;
    report->file_count = walked->predictions.plan.file_count;
    report->program_count = walked->judged.count;
    report->programs =
        arena_take(fix->arena, (report->program_count + 1) * sizeof *report->programs);
    for (size_t i = 0; i < report->program_count; i++) {
        struct fix_program *program = &report->programs[i];
        program->judged = walked->judged.items[i];
        judge(fix->arena, &walked->predictions.measures[i], program->judged.limits,
              &program->before);
        program->after = program->before;
    }
}

static uint64_t sum_of_spaces(const struct image_file *file,
                              const struct predicted_size *predicted) {
    uint64_t sum = 0;
    for (size_t i = 0; i < file->slice_count; i++)
        sum += predicted == NULL ? file->slices[i].image->vm_space : predicted->vm_spaces[i];
    return sum;
}

void fix_report_image(struct fix *fix, const struct predicted_file *item, int level,
                      const char *target) {
    const struct predicted_size *predicted = &item->predicted[level];
    fix->report.images[fix->report.image_count++] = (struct fix_image){
        .path = item->file->path,
        .target = target,
        .level = level_row((size_t)level)->name,
        .va_before = sum_of_spaces(item->file, NULL),
        .va_after = sum_of_spaces(item->file, predicted),
        .size_before = item->file->size,
        .size_after = predicted->file_size,
        .unclaimed = item->unclaimed,
    };
}

static void report_plan(struct fix *fix, const struct walked_programs *walked,
                        const struct plan *plan, const struct output_paths *placed) {
    struct fix_report *report = &fix->report;
    size_t count = report->file_count;
    report->images = arena_take(fix->arena, (count + 1) * sizeof *report->images);
    report->refusals = arena_take(fix->arena, (count + 1) * sizeof *report->refusals);
    for (size_t i = 0; i < count; i++) {
        const struct predicted_file *item = &walked->predictions.files[i];
        const char *refusal = predicted_file_refusal(fix->arena, item);
        if (refusal != NULL)
            report->refusals[report->refusal_count++] =
                (struct fix_refusal){item->file->path, refusal};
        if (plan->suffices && plan->levels[i] != STAYS)
            fix_report_image(fix, item, plan->levels[i], placed->targets[i]);
    }
    for (size_t i = 0; i < report->program_count; i++)
        report->programs[i].after = plan->judgements[i];
}

/* What the level after the highest one allowed would give. */
static void report_next_level(struct fix *fix, const struct walked_programs *walked) {
    struct plan_problem predictions = walked->predictions.plan;
    struct plan plan;
    fix->report.outcome = FIX_INSUFFICIENT;
    if (predictions.level_count == fix->predict.level_count)
        return;
    const struct level *next = level_row(predictions.level_count++);
    if (next->drops_exports && (fix->is_open || fix_world_is_open(fix, walked)))
        return;
    plan_make(fix->arena, &predictions, &plan);
    fix->report.next_level = next->name;
    fix->report.next_suffices = plan.suffices;
    fix->report.with_next = plan.judgements;
}

static struct string_list inputs_of(struct fix *fix, const struct walked_programs *walked) {
    struct string_list inputs = {0};
    const struct string_list *opened = image_cache_opened(walked->cache);
    for (size_t i = 0; i < opened->count; i++)
        *vector_push(fix->arena, &inputs) = opened->items[i];
    for (size_t i = 0; i < fix->inputs.count; i++)
        *vector_push(fix->arena, &inputs) = fix->inputs.items[i];
    return inputs;
}

static bool write_report(struct fix *fix, const struct walked_programs *walked,
                         struct error *error) {
    struct text text = {0};
    bool is_shown = fix->arguments.output.output == NULL;
    const struct fix_style style = {
        .color = terminal_takes_color(is_shown ? STDOUT_FILENO : -1),
        .width = is_shown ? terminal_width(STDOUT_FILENO) : 0,
    };
    const struct string_list inputs = inputs_of(fix, walked);
    if (wants_json(fix->arguments.format))
        fix_write_json(&fix->report, &text);
    else if (!fix->arguments.shrink.quiet || fix->report.outcome == FIX_INSUFFICIENT)
        fix_write_text(&fix->report, &style, &text);
    bool written = output_write(&fix->arguments.output, &text, &inputs, error);
    text_free(&text);
    return written;
}

/* --- doing it --- */

/* The executables that the operands name, where the new ones are. */
static struct string_list new_operands(struct fix *fix, const struct walked_programs *walked,
                                       const struct output_paths *placed) {
    struct string_list operands = {0};
    for (size_t i = 0; i < fix->operands.count; i++) {
        const char *path = fix->operands.items[i];
        struct image_file *file = NULL;
        image_cache_find(walked->cache, path, &file);
        for (size_t j = 0; j < walked->predictions.plan.file_count; j++)
            if (walked->predictions.files[j].file == file && placed->targets[j] != NULL)
                path = placed->targets[j];
        *vector_push(fix->arena, &operands) = path;
    }
    return operands;
}

/* Whether the programs still load what they loaded; prints what they would not. */
static int compare_loads(struct fix *fix, const struct merge_job *job,
                         const struct programs *before, const struct programs *after) {
    struct errors errors = {0};
    for (size_t i = 0; job != NULL && i < before->count; i++)
        merge_compare_loads(fix->arena, job, before->items[i], after->items[i], &errors);
    errors_print(stderr, &errors);
    int status = (int)errors_worst(&errors);
    errors_free(&errors);
    return status;
}

/* Judges what now is on disk; the exit status. */
static int check_again(struct fix *fix, const struct programs *before,
                       const struct string_list *operands, const struct merge_job *job) {
    struct walked_programs walked;
    int status = walk(fix, operands, &walked);
    if (status == 0)
        status = print_missing(fix, &walked);
    if (status == 0)
        status = compare_loads(fix, job, before, &walked.programs);
    for (size_t i = 0; status == 0 && i < fix->report.program_count; i++) {
        struct judgement *after = &fix->report.programs[i].after;
        judge(fix->arena, &walked.predictions.measures[i], walked.judged.items[i].limits, after);
    }
    for (size_t i = 0; status == 0 && i < fix->report.program_count; i++)
        if (judgement_exceeds(&fix->report.programs[i].after))
            status = EXIT_EXCEEDS;
    walked_free(&walked);
    return status;
}

/* What does not fit in the end, or does not find its dylibs, leaves nothing changed. */
int fix_keep_or_take_back(struct fix *fix, const struct walked_programs *walked,
                          const struct output_paths *placed, const struct merge_job *job,
                          struct applied_fix *fixed) {
    struct string_list operands = new_operands(fix, walked, placed);
    struct errors errors = {0};
    int status = check_again(fix, &walked->programs, &operands, job);
    if (status == EXIT_FITS) {
        applied_fix_keep(fixed);
        return EXIT_FITS;
    }
    fprintf(stderr, "vafit: the result does not pass; everything was put back\n");
    applied_fix_take_back(fixed, &errors);
    errors_print(stderr, &errors);
    if (errors.count != 0)
        status = (int)errors_worst(&errors);
    errors_free(&errors);
    return status;
}

static int carry_out(struct fix *fix, struct walked_programs *walked, const struct plan *plan,
                     const struct output_paths *placed) {
    const struct fix_job job = {
        .predictions = &walked->predictions,
        .plan = plan,
        .placed = placed,
        .copies = fix->arguments.out_dir != NULL,
        .options = fix->options,
        .quiet = fix->arguments.shrink.quiet,
    };
    struct errors errors = {0};
    struct applied_fix fixed = {0};
    bool applied = fix_apply(&job, &fixed, &errors);
    errors_print(stderr, &errors);
    int status = (int)errors_worst(&errors);
    errors_free(&errors);
    return applied ? fix_keep_or_take_back(fix, walked, placed, NULL, &fixed) : status;
}

static uint64_t all_misses(const struct fix *fix, const struct judgement *judgements) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < fix->report.program_count; i++)
        for (size_t j = 0; j < judgements[i].findings.count; j++)
            bytes += finding_misses(&judgements[i].findings.items[j]);
    return bytes;
}

/* The next rung after all levels. Where it does not suffice either, what comes closer is told. */
static int try_consolidation(struct fix *fix, struct walked_programs *walked, struct plan *plan,
                             const struct output_paths *placed) {
    struct plan merged;
    int status = fix_consolidate(fix, walked, placed, &merged, &fix->report.is_merged);
    if (status != EXIT_FITS || !fix->report.is_merged)
        return status;
    plan->suffices = merged.suffices;
    fix->report.after_is_merged =
        all_misses(fix, merged.judgements) < all_misses(fix, plan->judgements);
    for (size_t i = 0; fix->report.after_is_merged && i < fix->report.program_count; i++)
        fix->report.programs[i].after = merged.judgements[i];
    return EXIT_FITS;
}

/* Does what the plan says, or says what it would do. */
static int fix_by_plan(struct fix *fix, struct walked_programs *walked, const struct plan *plan,
                       const struct output_paths *placed) {
    struct error error;
    if (fix->arguments.dry_run) {
        fix->report.outcome = plan->changed == 0 ? FIX_NEEDLESS : FIX_PLANNED;
        return fix_write_plan(fix, walked, plan, &error) ? EXIT_FITS : call_fail(&verb_fix, &error);
    }
    if (plan->changed == 0 && fix->arguments.out_dir == NULL)
        return EXIT_FITS;
    fix->report.outcome = plan->changed == 0 ? FIX_COPIED : FIX_DONE;
    return carry_out(fix, walked, plan, placed);
}

/* Neither on what was read nor on what is made; found before anything is done. */
static bool report_has_place(struct fix *fix, const struct walked_programs *walked,
                             const struct output_paths *placed, struct error *error) {
    const struct output_options *output = &fix->arguments.output;
    const struct string_list inputs = inputs_of(fix, walked);
    return output_spares(output, &inputs, error) &&
           output_leaves_room(output, placed->targets, walked->predictions.plan.file_count, error);
}

static int fix_programs(struct fix *fix, struct walked_programs *walked) {
    struct predictions *predictions = &walked->predictions;
    const struct output_paths placed =
        fix->arguments.out_dir == NULL
            ? output_paths_in_place(fix->arena, predictions)
            : output_paths_in_folder(fix->arena, predictions, walked->programs.items,
                                     walked->programs.count, fix->arguments.out_dir);
    struct plan plan;
    struct error error;
    int status = EXIT_FITS;
    if (!report_has_place(fix, walked, &placed, &error))
        return call_fail(&verb_fix, &error);
    fix_keep_open_world(fix, walked);
    predictions->plan.level_count = levels_up_to(fix->arguments.up_to);
    plan_make(fix->arena, &predictions->plan, &plan);
    report_programs(fix, walked);
    report_plan(fix, walked, &plan, &placed);
    if (plan.suffices)
        status = fix_by_plan(fix, walked, &plan, &placed);
    else if (fix->consolidates)
        status = try_consolidation(fix, walked, &plan, &placed);
    if (status == EXIT_FITS && !plan.suffices) {
        report_next_level(fix, walked);
        status = EXIT_EXCEEDS;
    }
    if (status > EXIT_EXCEEDS)
        return status;
    return write_report(fix, walked, &error) ? status : call_fail(&verb_fix, &error);
}

/* Programs that were consolidated are taken back to what they were before that, and looked at anew.
 * The exit status. */
static int undo_merges(struct fix *fix, struct walked_programs *walked) {
    struct errors errors = {0};
    size_t restored;
    merge_undo(fix->arena, walked->programs.items, walked->programs.count,
               fix->arguments.shrink.unstripped, &restored, &errors);
    errors_print(stderr, &errors);
    int status = (int)errors_worst(&errors);
    errors_free(&errors);
    if (status != 0 || restored == 0)
        return status;
    if (!fix->arguments.shrink.quiet)
        printf("restored %zu files that were consolidated\n", restored);
    walked_free(walked);
    return walk(fix, &fix->operands, walked);
}

static int undo(const struct fix *fix, const struct walked_programs *walked) {
    struct errors errors = {0};
    size_t restored;
    undo_fix(&walked->predictions, fix->arguments.shrink.unstripped, &restored, &errors);
    errors_print(stderr, &errors);
    int status = (int)errors_worst(&errors);
    errors_free(&errors);
    if (!fix->arguments.shrink.quiet)
        printf("restored %zu of %zu images\n", restored, walked->predictions.plan.file_count);
    return status;
}

static int run(const struct call *call) {
    struct fix fix = {.arena = call->arena};
    struct walked_programs walked;
    struct error error;
    if (!prepare(&fix, call, &error))
        return call_fail(&verb_fix, &error);
    int status = walk_resumed(&fix, &walked);
    if (status == 0 && fix.arguments.undo && (status = undo_merges(&fix, &walked)) == 0)
        status = undo(&fix, &walked);
    else if (status == 0 && !fix.arguments.undo && (status = print_missing(&fix, &walked)) == 0)
        status = fix_programs(&fix, &walked);
    walked_free(&walked);
    return status;
}

const struct verb verb_fix = {
    "fix",
    "EXECUTABLE... --in-place|--out-dir DIR|--undo [OPTIONS]",
    "rewrite as little as makes programs fit",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
