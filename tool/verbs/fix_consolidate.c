#include "verbs/fix_run.h"

#include "fix/merge_forecast.h"
#include "fix/merge_loads.h"
#include "fix/merge_places.h"
#include "verbs/verb.h"

#include <string.h>

/* The last rung of one run. */
struct fix_merge {
    struct fix *fix;
    struct walked_programs *walked; /* as they are */
    const struct output_paths *placed;
    struct consolidation foreseen; /* behind the forecast */
    struct merge_forecast forecast;
    struct walked_programs then; /* the programs as they will be */
    struct plan *plan;           /* of these */
};

/* --- the plan --- */

static bool plan_groups(const struct fix_merge *merge, struct consolidation *all,
                        struct error *error) {
    const struct predictions *predictions = &merge->walked->predictions;
    const struct merge_rules rules = {
        .bound = merge_bound_files(merge->fix->arena, predictions),
        .identity = merge->fix->arguments.shrink.identity,
    };
    *all = (struct consolidation){.arena = merge->fix->arena};
    if (!consolidation_plan(all, merge->walked->programs.items, merge->walked->programs.count,
                            &rules, error))
        return false;
    merge_keep_clients(all, predictions);
    return true;
}

/* A file that stands for a dylib, and one that has several names, stay as they are: the one is as
 * small as it gets, the other would have to be replaced under all of them. */
static void keep_some(const struct fix_merge *merge, struct predictions *predictions) {
    for (size_t i = 0; i < predictions->plan.file_count; i++) {
        struct predicted_file *item = &predictions->files[i];
        const char *why = NULL;
        if (merge_forecast_is_stub(&merge->foreseen, item->file->path))
            why = "stands for a dylib that is consolidated";
        else if (predicted_file_names(merge->fix->arena, item->file).count > 1)
            why = "has several names, and is not rewritten where dylibs are consolidated";
        if (why == NULL)
            continue;
        if (item->refusal.kind == ERROR_NONE)
            error_malformed(&item->refusal, "", "%s", why);
        predictions->planned[i].may_change = false;
    }
}

/* What the programs would not load any more is an error: the exit status. */
static int compare_loads(const struct fix_merge *merge) {
    struct fix *fix = merge->fix;
    const struct output_paths in_place =
        output_paths_in_place(fix->arena, &merge->walked->predictions);
    const struct merge_job job = {.all = (struct consolidation *)&merge->foreseen,
                                  .predictions = &merge->walked->predictions,
                                  .placed = &in_place};
    struct errors errors = {0};
    for (size_t i = 0; i < merge->walked->programs.count; i++)
        merge_compare_loads(fix->arena, &job, merge->walked->programs.items[i],
                            merge->then.programs.items[i], &errors);
    errors_print(stderr, &errors);
    int status = (int)errors_worst(&errors);
    errors_free(&errors);
    return status;
}

static int plan_then(struct fix_merge *merge) {
    struct fix *fix = merge->fix;
    struct predictions *predictions = &merge->then.predictions;
    int status = fix_walk(fix, &fix->operands, merge->forecast.cache, &merge->walked->predictions,
                          &merge->then);
    merge->forecast.cache = NULL; /* walked_free has it */
    if (status == 0)
        status = compare_loads(merge);
    if (status != 0)
        return status;
    keep_some(merge, predictions);
    predictions->plan.level_count = merge->walked->predictions.plan.level_count;
    plan_make(fix->arena, &predictions->plan, merge->plan);
    return 0;
}

/* --- the report --- */

/* Where a file goes, of the programs as they will be. A merged image is nowhere yet. */
static void report_image(const struct fix_merge *merge, const struct merge_job *job, size_t file) {
    const struct predictions *now = &merge->walked->predictions;
    const struct predicted_file *item = &merge->then.predictions.files[file];
    const char *path = item->file->path, *target = path;
    struct fix *fix = merge->fix;
    for (size_t i = 0; i < now->plan.file_count; i++)
        if (strcmp(now->files[i].file->path, path) == 0)
            target = merge->placed->targets[i];
    for (size_t i = 0; i < job->all->merge_count; i++)
        if (strcmp(job->all->merges[i].path, path) == 0)
            target = merge_target(fix->arena, job, &job->all->merges[i]);
    fix_report_image(fix, item, merge->plan->levels[file], target);
    if (item->file->is_unnamed)
        fix->report.images[fix->report.image_count - 1].path = target;
}

static void report_group(struct fix *fix, const struct merge_job *job, const struct merge *merge) {
    struct fix_group *group = &fix->report.groups[fix->report.group_count++];
    *group = (struct fix_group){.target = merge_target(fix->arena, job, merge)};
    for (size_t i = 0; i < merge->part_count; i++)
        *vector_push(fix->arena, &group->parts) = merge->parts[i].node->file->path;
}

static void report_plan(const struct fix_merge *merge, const struct merge_job *job) {
    struct fix *fix = merge->fix;
    const struct predictions *then = &merge->then.predictions;
    size_t count = then->plan.file_count;
    fix->report.groups =
        arena_take(fix->arena, (job->all->merge_count + 1) * sizeof *fix->report.groups);
    fix->report.images = arena_take(fix->arena, (count + 1) * sizeof *fix->report.images);
    fix->report.file_count_then = count;
    for (size_t i = 0; i < job->all->merge_count; i++)
        report_group(fix, job, &job->all->merges[i]);
    for (size_t i = 0; i < count; i++)
        if (merge->plan->levels[i] != STAYS)
            report_image(merge, job, i);
    for (size_t i = 0; i < fix->report.program_count; i++)
        fix->report.programs[i].after = merge->plan->judgements[i];
}

/* --- doing it --- */

static int carry_out(const struct fix_merge *merge, const struct merge_job *job) {
    struct applied_fix applied = {0};
    struct errors errors = {0};
    bool done = merge_apply(job, &applied, &errors);
    errors_print(stderr, &errors);
    int status = (int)errors_worst(&errors);
    errors_free(&errors);
    return done ? fix_keep_or_take_back(merge->fix, merge->walked, merge->placed, job, &applied)
                : status;
}

/* What was foreseen cannot be written any more: the same is planned once more. */
static int do_plan(const struct fix_merge *merge) {
    struct fix *fix = merge->fix;
    bool copies = fix->arguments.out_dir != NULL;
    struct consolidation all;
    struct error error;
    const struct merge_rewrite rewrite = {&merge->then.predictions, merge->plan, fix->options};
    const struct merge_job job = {
        .all = &all,
        .predictions = &merge->walked->predictions,
        .placed = merge->placed,
        .copies = copies,
        .unstripped = copies ? "none" : fix->arguments.shrink.unstripped,
        .identity = fix->arguments.shrink.identity,
        .quiet = fix->arguments.shrink.quiet,
        .memory = fix->arguments.memory.given ? fix->arguments.memory.bytes : 0,
        .rewrite = &rewrite,
    };
    int status = EXIT_FITS;
    fix->report.outcome = fix->arguments.dry_run ? FIX_PLANNED : FIX_DONE;
    if (!plan_groups(merge, &all, &error))
        status = call_fail(&verb_fix, &error);
    else
        report_plan(merge, &job);
    if (status == EXIT_FITS && !fix->arguments.dry_run)
        status = carry_out(merge, &job);
    consolidation_free(&all);
    return status;
}

static int foresee(struct fix_merge *merge, bool *tried) {
    struct error error;
    *tried = false;
    if (!plan_groups(merge, &merge->foreseen, &error))
        return call_fail(&verb_fix, &error);
    if (merge->foreseen.merge_count == 0)
        return EXIT_FITS;
    *tried = true;
    if (!merge_forecast_make(&merge->foreseen, false, &merge->forecast, &error))
        return call_fail(&verb_fix, &error);
    return plan_then(merge);
}

int fix_consolidate(struct fix *fix, struct walked_programs *walked,
                    const struct output_paths *placed, struct plan *plan, bool *tried) {
    struct fix_merge merge = {.fix = fix, .walked = walked, .placed = placed, .plan = plan};
    int status = foresee(&merge, tried);
    if (status == EXIT_FITS && *tried && plan->suffices)
        status = do_plan(&merge);
    if (merge.then.cache != NULL)
        walked_free(&merge.then);
    merge_forecast_free(&merge.forecast);
    consolidation_free(&merge.foreseen);
    return status;
}
