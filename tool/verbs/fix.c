#include "base/memory.h"
#include "base/parallel.h"
#include "base/path.h"
#include "base/text.h"
#include "commit/journal.h"
#include "images/open_world.h"
#include "plan/fixing.h"
#include "plan/undo.h"
#include "report/fix_report.h"
#include "rewrite/original.h"
#include "verbs/judge_options.h"
#include "verbs/programs.h"
#include "verbs/shrinking_options.h"
#include "verbs/verb.h"

#include <string.h>

struct options {
    struct output_options output;
    struct search_options search;
    struct judge_options judge;
    struct shrinking_options shrinking;
    const char *format;
    const char *out_dir;
    bool in_place;
    const char *up_to;
    struct world_rules rules;
    bool assume_closed;
    bool dry_run;
    bool undo;
    struct size_option memory;
};

static const char *const formats[] = {"text", "json", NULL};

#define ROW(name, letter, kind, member, placeholder, help, choices)                                \
    { name, letter, kind, offsetof(struct options, member), placeholder, help, choices }

static const struct option_row rows[] = {
    ROW("in-place", 0, OPTION_FLAG, in_place, NULL, "let the new files take the old ones' names",
        NULL),
    ROW("out-dir", 0, OPTION_TEXT, out_dir, "DIR",
        "make a copy of the programs that fits, with all they load, in DIR", NULL),
    ROW("undo", 0, OPTION_FLAG, undo, NULL, "put the originals back in place", NULL),
    ROW("dry-run", 0, OPTION_FLAG, dry_run, NULL, "only say what would be rewritten", NULL),
    ROW("up-to", 0, OPTION_CHOICE, up_to, "LEVEL",
        "the highest level: lossless, debug-map, locals (default), symbols or exports",
        closed_level_choices),
    ROW("keep-export", 0, OPTION_EACH, rules.keep, "GLOB",
        "with --up-to exports: keep the exports GLOB matches; repeatable", NULL),
    ROW("ignore-strings", 0, OPTION_FLAG, rules.ignore_strings, NULL,
        "with --up-to exports: keep no export only because a C string names it", NULL),
    ROW("assume-closed", 0, OPTION_FLAG, assume_closed, NULL,
        "with --up-to exports: no other image than these will ask for an export", NULL),
    ROW("memory", 0, OPTION_SIZE, memory, "SIZE",
        "take at most so much memory (a quarter of the machine's)", option_in_mib),
    ROW("format", 0, OPTION_CHOICE, format, "FORMAT", "text (default) or json", formats),
    OUTPUT_ROWS(struct options, output),
    SEARCH_ROWS(struct options, search),
    JUDGE_ROWS(struct options, judge),
    SHRINKING_ROWS(struct options, shrinking),
};

/* One run of the verb. */
struct fix {
    struct arena *arena;
    struct options options;
    struct string_list operands;
    struct profile profile;
    struct limits limits;
    struct string_list inputs; /* files read beside the library's */
    struct predicting predicting;
    struct shrinking shrinking;
    struct fix_report report;
    bool is_open; /* the world of the programs */
};

/* What the operands name, as it is on disk. */
struct walked {
    struct library *library;
    struct programs programs;
    struct problem problem;
};

/* A world of one architecture is not closed: files have slices of others. */
static bool world_options_valid(const struct options *options, struct error *error) {
    bool drops = options->up_to != NULL && level_named(options->up_to)->drops_exports;
    if (drops && options->search.arch != NULL)
        return error_usage(error, "--up-to exports wants all architectures, without --arch");
    return drops ||
           (options->rules.keep.count == 0 && !options->rules.ignore_strings &&
            !options->assume_closed) ||
           error_usage(error, "--keep-export, --ignore-strings and --assume-closed want --up-to "
                              "exports");
}

static bool options_valid(struct fix *fix, struct error *error) {
    struct options *options = &fix->options;
    int places = (options->in_place ? 1 : 0) + (options->out_dir != NULL) + (options->undo ? 1 : 0);
    if (fix->operands.count == 0)
        return error_usage(error, "fix wants an executable");
    if (options->search.facts.count != 0)
        return error_usage(error, "--facts: fix wants the images themselves");
    if (places > 1 || (places == 0 && !options->dry_run))
        return error_usage(error, "fix wants one of --in-place, --out-dir and --undo");
    if (options->undo && options->dry_run)
        return error_usage(error, "--undo has no dry run");
    return shrinking_options_valid(&options->shrinking, error) &&
           world_options_valid(options, error) && output_options_valid(&options->output, error);
}

/* Those that may be looked at, be it to say what the next one would give. */
static size_t count_levels(const struct options *options) {
    size_t count = 0;
    while (level_row(count) != NULL &&
           (options->search.arch == NULL || !level_row(count)->drops_exports))
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
    struct options *options = &fix->options;
    if (!call_parse(call, &verb_fix, options, &fix->operands, error) ||
        !options_valid(fix, error) || !judge_options_limits(&options->judge, &fix->limits, error) ||
        !judge_options_profile(fix->arena, &options->judge, &fix->inputs, &fix->profile, error))
        return false;
    if (options->up_to == NULL)
        options->up_to = "locals";
    fix->shrinking = shrinking_of(&options->shrinking, NULL);
    fix->predicting = (struct predicting){
        .level_count = count_levels(options),
        .rules = &options->rules,
        .keep_identity = options->shrinking.identity != NULL,
        .drop_unclaimed = options->shrinking.drop_unclaimed,
        .jobs = fix->shrinking.jobs,
        .memory = options->memory.given ? options->memory.bytes : memory_of_machine() / 4,
        .quiet = options->shrinking.quiet,
    };
    return true;
}

/* --- the programs --- */

static void walked_free(struct walked *walked) {
    problem_free(&walked->problem);
    programs_free(&walked->programs);
    library_free(walked->library);
}

/* Prints what is wrong; the exit status of it, 0 for nothing. */
static int walk(struct fix *fix, const struct string_list *operands, struct walked *walked) {
    struct search search = search_of(&fix->options.search);
    *walked = (struct walked){.library = library_on_disk()};
    search.may_miss = fix->options.judge.allow_missing;
    programs_walk(fix->arena, &fix->options.search, &search, walked->library, operands,
                  &walked->programs);
    problem_make(fix->arena, library_arena(walked->library), walked->programs.items,
                 walked->programs.count, &fix->profile, &fix->limits, &fix->predicting,
                 &walked->problem);
    errors_print(stderr, library_errors(walked->library));
    return (int)errors_worst(library_errors(walked->library));
}

/* --- what ended runs left --- */

/* What is resumed was read before that, so that it has to be read again. */
static bool resume_files(const struct fix *fix, struct image_file *const *files, size_t count,
                         bool *resumed, struct error *error) {
    struct resumed done = {0};
    *resumed = false;
    for (size_t i = 0; i < count; i++) {
        const char *original =
            original_path(fix->arena, fix->options.shrinking.unstripped, files[i]->path);
        if (!journal_resume(files[i]->path, fix->options.undo, &done, error) ||
            !new_file_sweep(files[i]->path, error) ||
            (original != NULL && !new_file_sweep(original, error)))
            return false;
    }
    *resumed = done.finished + done.discarded != 0;
    if (*resumed)
        shrinking_print_resumed(&fix->options.shrinking, fix->operands.items[0], &done);
    return true;
}

/* An operand that cannot be read may be what an ended run was at. */
static bool resume_operands(const struct fix *fix, struct error *error) {
    struct resumed done = {0};
    for (size_t i = 0; i < fix->operands.count; i++)
        if (!journal_resume(path_followed(fix->arena, fix->operands.items[i]), fix->options.undo,
                            &done, error))
            return false;
    if (done.finished + done.discarded != 0)
        shrinking_print_resumed(&fix->options.shrinking, fix->operands.items[0], &done);
    return true;
}

/* As walk, behind what ended runs left of the programs and all they load; a dry run, or one that
 * writes elsewhere, leaves that alone. */
static int walk_resumed(struct fix *fix, struct walked *walked) {
    struct error error;
    bool in_place = fix->options.in_place || fix->options.undo, resumed = false;
    size_t count;
    if (in_place && !resume_operands(fix, &error)) {
        *walked = (struct walked){.library = library_on_disk()};
        return call_fail(&verb_fix, &error);
    }
    int status = walk(fix, &fix->operands, walked);
    struct image_file *const *files = library_files(walked->library, &count);
    if (in_place && !resume_files(fix, files, count, &resumed, &error))
        return call_fail(&verb_fix, &error);
    if (!resumed)
        return status;
    walked_free(walked);
    return walk(fix, &fix->operands, walked);
}

/* Dylibs that are missing make every number of a program too small. */
static int print_missing(const struct fix *fix, const struct walked *walked) {
    int status = EXIT_FITS;
    for (size_t i = 0; i < walked->programs.count; i++)
        for (size_t j = 0; j < walked->problem.measures[i].unresolved_count; j++) {
            struct error error;
            error_malformed(&error, "", "%s", walked->problem.measures[i].unresolved[j]);
            error_print(stderr, &error);
            if (fix->limits.levels[RULE_UNRESOLVED] == LEVEL_ERROR)
                status = EXIT_UNRESOLVED;
        }
    return status;
}

/* --- the closed world --- */

/* Whether images that are not among the programs' may ask for exports; the reasons go into the
 * report. */
static bool world_is_open(struct fix *fix, const struct walked *walked) {
    size_t count = walked->problem.plan.file_count;
    struct image_file **files = arena_take(fix->arena, (count + 1) * sizeof *files);
    struct string_list reasons = {0};
    for (size_t i = 0; i < count; i++)
        files[i] = walked->problem.files[i].file;
    open_world_find(fix->arena, walked->programs.items, walked->programs.count, files, count,
                    &reasons);
    if (reasons.count == 0)
        return false;
    fix->report.open_world = reasons.items[0];
    fix->report.open_world_more = reasons.count - 1;
    return true;
}

static void print_open_world(const struct fix_report *report) {
    struct text more = {0};
    text_add(&more, "");
    if (report->open_world_more != 0)
        text_addf(&more, " (and %zu more reason%s)", report->open_world_more,
                  report->open_world_more == 1 ? "" : "s");
    text_print_line(stderr,
                    "vafit: no export goes, as with --up-to symbols: %s%s; --assume-closed says "
                    "that nobody else asks for exports",
                    report->open_world, more.data);
    text_free(&more);
}

/* What else the world may hold is not known, and could ask for any export. */
static void keep_open_world(struct fix *fix, const struct walked *walked) {
    if (fix->options.assume_closed || !level_named(fix->options.up_to)->drops_exports ||
        !world_is_open(fix, walked))
        return;
    print_open_world(&fix->report);
    fix->options.up_to = "symbols";
    fix->is_open = true;
}

/* --- the report --- */

static void report_programs(struct fix *fix, const struct walked *walked) {
    struct fix_report *report = &fix->report;
    report->profile = fix->profile.name;
    report->up_to = fix->options.up_to;
    report->file_count = walked->problem.plan.file_count;
    report->program_count = walked->programs.count;
    report->programs =
        arena_take(fix->arena, (report->program_count + 1) * sizeof *report->programs);
    for (size_t i = 0; i < report->program_count; i++) {
        struct fix_program *program = &report->programs[i];
        program->program = walked->programs.items[i];
        judge(fix->arena, &walked->problem.measures[i], &fix->limits, &program->before);
        program->after = program->before;
    }
}

static uint64_t sum_of_spaces(const struct image_file *file, const struct predicted *predicted) {
    uint64_t sum = 0;
    for (size_t i = 0; i < file->slice_count; i++)
        sum += predicted == NULL ? file->slices[i].image->vm_space : predicted->vm_spaces[i];
    return sum;
}

static void report_image(struct fix *fix, const struct problem_file *item, int level,
                         const char *target) {
    const struct predicted *predicted = &item->predicted[level];
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

static void report_plan(struct fix *fix, const struct walked *walked, const struct plan *plan,
                        const struct placed *placed) {
    struct fix_report *report = &fix->report;
    size_t count = report->file_count;
    report->images = arena_take(fix->arena, (count + 1) * sizeof *report->images);
    report->refusals = arena_take(fix->arena, (count + 1) * sizeof *report->refusals);
    for (size_t i = 0; i < count; i++) {
        const struct problem_file *item = &walked->problem.files[i];
        const char *refusal = problem_refusal(fix->arena, item);
        if (refusal != NULL)
            report->refusals[report->refusal_count++] =
                (struct fix_refusal){item->file->path, refusal};
        if (plan->suffices && plan->levels[i] != STAYS)
            report_image(fix, item, plan->levels[i], placed->targets[i]);
    }
    for (size_t i = 0; i < report->program_count; i++)
        report->programs[i].after = plan->judgements[i];
}

/* What the level behind the highest one allowed would give. */
static void report_next_level(struct fix *fix, const struct walked *walked) {
    struct plan_problem problem = walked->problem.plan;
    struct plan plan;
    fix->report.outcome = FIX_INSUFFICIENT;
    if (problem.level_count == fix->predicting.level_count)
        return;
    const struct level *next = level_row(problem.level_count++);
    if (next->drops_exports && (fix->is_open || world_is_open(fix, walked)))
        return;
    plan_make(fix->arena, &problem, &plan);
    fix->report.next_level = next->name;
    fix->report.next_suffices = plan.suffices;
    fix->report.with_next = plan.judgements;
}

static bool write_report(struct fix *fix, const struct walked *walked, struct error *error) {
    struct text text = {0};
    struct string_list inputs = *library_opened(walked->library);
    for (size_t i = 0; i < fix->inputs.count; i++)
        *vector_push(fix->arena, &inputs) = fix->inputs.items[i];
    if (fix->options.format != NULL && strcmp(fix->options.format, "json") == 0)
        fix_write_json(&fix->report, &text);
    else if (!fix->options.shrinking.quiet || fix->report.outcome == FIX_INSUFFICIENT)
        fix_write_text(&fix->report, &text);
    bool written = output_write(&fix->options.output, &text, &inputs, error);
    text_free(&text);
    return written;
}

/* --- doing it --- */

/* The executables that the operands name, where the new ones are. */
static struct string_list new_operands(struct fix *fix, const struct walked *walked,
                                       const struct placed *placed) {
    struct string_list operands = {0};
    for (size_t i = 0; i < fix->operands.count; i++) {
        const char *path = fix->operands.items[i];
        struct image_file *file = NULL;
        library_find(walked->library, path, &file);
        for (size_t j = 0; j < walked->problem.plan.file_count; j++)
            if (walked->problem.files[j].file == file && placed->targets[j] != NULL)
                path = placed->targets[j];
        *vector_push(fix->arena, &operands) = path;
    }
    return operands;
}

/* Judges what now is on disk; the exit status. */
static int check_again(struct fix *fix, const struct string_list *operands) {
    struct walked walked;
    int status = walk(fix, operands, &walked);
    if (status == 0)
        status = print_missing(fix, &walked);
    for (size_t i = 0; status == 0 && i < fix->report.program_count; i++) {
        struct judgement *after = &fix->report.programs[i].after;
        judge(fix->arena, &walked.problem.measures[i], &fix->limits, after);
    }
    for (size_t i = 0; status == 0 && i < fix->report.program_count; i++)
        if (judgement_exceeds(&fix->report.programs[i].after))
            status = EXIT_EXCEEDS;
    walked_free(&walked);
    return status;
}

/* What does not fit in the end, or does not find its dylibs, leaves nothing changed. */
static int keep_or_take_back(struct fix *fix, const struct walked *walked,
                             const struct placed *placed, struct fixed *fixed,
                             struct errors *errors) {
    struct string_list operands = new_operands(fix, walked, placed);
    int status = check_again(fix, &operands);
    if (status == EXIT_FITS) {
        fixed_keep(fixed);
        return EXIT_FITS;
    }
    fprintf(stderr, "vafit: what was made does not pass; all is as it was\n");
    fixed_take_back(fixed, errors);
    return status;
}

static int carry_out(struct fix *fix, struct walked *walked, const struct plan *plan,
                     const struct placed *placed) {
    const struct fixing fixing = {
        .problem = &walked->problem,
        .plan = plan,
        .placed = placed,
        .copies = fix->options.out_dir != NULL,
        .shrinking = fix->shrinking,
        .jobs = fix->shrinking.jobs,
        .quiet = fix->options.shrinking.quiet,
    };
    struct errors errors = {0};
    struct fixed fixed = {0};
    int status = EXIT_FITS;
    if (fixing_do(&fixing, &fixed, &errors))
        status = keep_or_take_back(fix, walked, placed, &fixed, &errors);
    errors_print(stderr, &errors);
    if (errors.count != 0)
        status = (int)errors_worst(&errors);
    errors_free(&errors);
    return status;
}

static int fix_programs(struct fix *fix, struct walked *walked) {
    struct problem *problem = &walked->problem;
    const struct placed placed =
        fix->options.out_dir == NULL
            ? placing_in_place(fix->arena, problem)
            : placing_in_folder(fix->arena, problem, walked->programs.items, walked->programs.count,
                                fix->options.out_dir);
    struct plan plan;
    struct error error;
    int status = EXIT_FITS;
    keep_open_world(fix, walked);
    problem->plan.level_count = levels_up_to(fix->options.up_to);
    plan_make(fix->arena, &problem->plan, &plan);
    report_programs(fix, walked);
    report_plan(fix, walked, &plan, &placed);
    if (!plan.suffices) {
        report_next_level(fix, walked);
        status = EXIT_EXCEEDS;
    } else if (fix->options.dry_run) {
        fix->report.outcome = plan.changed == 0 ? FIX_NEEDLESS : FIX_PLANNED;
    } else if (plan.changed != 0 || fix->options.out_dir != NULL) {
        fix->report.outcome = plan.changed == 0 ? FIX_COPIED : FIX_DONE;
        status = carry_out(fix, walked, &plan, &placed);
    }
    if (status > EXIT_EXCEEDS)
        return status;
    return write_report(fix, walked, &error) ? status : call_fail(&verb_fix, &error);
}

static int undo(const struct fix *fix, const struct walked *walked) {
    struct errors errors = {0};
    size_t restored;
    undo_do(&walked->problem, fix->options.shrinking.unstripped, &restored, &errors);
    errors_print(stderr, &errors);
    int status = (int)errors_worst(&errors);
    errors_free(&errors);
    if (!fix->options.shrinking.quiet)
        printf("restored %zu of %zu images\n", restored, walked->problem.plan.file_count);
    return status;
}

static int run(const struct call *call) {
    struct fix fix = {.arena = call->arena};
    struct walked walked;
    struct error error;
    if (!prepare(&fix, call, &error))
        return call_fail(&verb_fix, &error);
    int status = walk_resumed(&fix, &walked);
    if (status == 0 && fix.options.undo)
        status = undo(&fix, &walked);
    else if (status == 0 && (status = print_missing(&fix, &walked)) == 0)
        status = fix_programs(&fix, &walked);
    walked_free(&walked);
    return status;
}

const struct verb verb_fix = {
    "fix",
    "EXECUTABLE... --in-place|--out-dir DIR|--undo [OPTIONS]",
    "the least rewriting that makes programs fit",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
