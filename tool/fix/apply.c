#include "fix/apply.h"

#include "base/map.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/path.h"
#include "base/progress.h"
#include "rewrite/original.h"
#include "rewrite/reseal.h"
#include "verify/validate.h"

#include <stdlib.h>
#include <unistd.h>

/* The new file of one file of the problem. */
struct made_file {
    struct atomic_file file;
    bool is_made;
    struct file read;   /* closed: what it was made of, as it was when it was opened */
    struct error error; /* ERROR_NONE for none */
};

/* The work on all files. */
struct apply_state {
    const struct fix_job *job;
    struct made_file *made; /* one a file */
    struct progress *progress;
};

static bool is_rewritten(const struct fix_job *job, size_t i) {
    return job->plan->levels[i] != STAYS;
}

static bool is_wanted(const struct fix_job *job, size_t i) {
    return job->placed->targets[i] != NULL && (is_rewritten(job, i) || job->copies);
}

/* --- new files --- */

/* A copy that the kernel would kill is none. */
static bool is_as_signed(const struct image_file *file, struct error *error) {
    struct errors errors = {0};
    bool good = validate_signatures(file, &errors);
    if (!good)
        *error = errors.items[0];
    errors_free(&errors);
    return good;
}

static bool copy(const struct image_file *file, const char *target, struct atomic_file *new_file,
                 struct error *error) {
    return is_as_signed(file, error) &&
           atomic_file_make_copy(target, &file->file, true, new_file, error);
}

static bool rewrite(const struct fix_job *job, size_t i, const struct image_file *file,
                    struct made_file *made) {
    struct rewrite_options options = job->options;
    options.losses.level = level_row((size_t)job->plan->levels[i]);
    options.losses.world = &job->predictions->world;
    return predicted_file_make(&job->predictions->files[i], &options, file, job->placed->targets[i],
                               &made->file, &made->error);
}

static void make_one(const struct apply_state *work, size_t i, const struct image_file *file) {
    const struct fix_job *job = work->job;
    struct made_file *made = &work->made[i];
    const char *target = job->placed->targets[i];
    if (!is_rewritten(job, i) && file_holds(target, &file->file))
        return;
    made->is_made = is_rewritten(job, i) ? rewrite(job, i, file, made)
                                         : copy(file, target, &made->file, &made->error);
    /* What is there already stays untouched, so that a build tool sees no change. */
    if (made->is_made && job->copies && file_holds(target, &made->file.file)) {
        atomic_file_discard(&made->file);
        made->is_made = false;
    }
}

static void make(void *context, size_t i) {
    const struct apply_state *work = context;
    struct budget *budget = work->job->predictions->budget;
    const struct predicted_file *item = &work->job->predictions->files[i];
    struct image_file file;
    if (!is_wanted(work->job, i))
        return;
    uint64_t taken =
        budget_take(budget, is_rewritten(work->job, i) ? rewrite_memory(item->file) : 0);
    if (predicted_file_open(item, &file, &work->made[i].error)) {
        work->made[i].read = file.file;
        work->made[i].read.descriptor = -1;
        make_one(work, i, &file);
        file_close(&file.file);
    }
    budget_give(budget, taken);
    progress_step(work->progress);
}

static bool make_all(struct apply_state *work, struct errors *errors) {
    size_t count = work->job->predictions->plan.file_count, wanted = 0, before = errors->count;
    for (size_t i = 0; i < count; i++)
        wanted += is_wanted(work->job, i);
    work->progress = progress_begin("fixing", wanted, work->job->quiet);
    parallel_for(count, make, work);
    progress_end(work->progress);
    for (size_t i = 0; i < count; i++)
        if (work->made[i].error.kind != ERROR_NONE)
            errors_add(errors, &work->made[i].error);
    return errors->count == before;
}

/* --- originals --- */

static bool originals_differ(const struct apply_state *work, struct applied_fix *fixed,
                             struct error *error) {
    const struct fix_job *job = work->job;
    struct map known = {0};
    bool differ = true;
    for (size_t i = 0; i < job->predictions->plan.file_count && differ; i++) {
        const char *target = job->placed->targets[i];
        const char *path = is_rewritten(job, i)
                               ? original_path(&fixed->arena, job->options.unstripped, target)
                               : NULL;
        if (path == NULL)
            continue;
        const char *other = map_get(&known, path);
        map_put(&known, &fixed->arena, path, (void *)(uintptr_t)target);
        differ = other == NULL || error_usage(error, "--unstripped: %s and %s would both keep %s",
                                              other, target, path);
    }
    map_free(&known);
    return differ;
}

static bool put_aside(const struct apply_state *work, size_t i, struct applied_fix *fixed,
                      struct error *error) {
    const struct fix_job *job = work->job;
    const char *path =
        original_path(&fixed->arena, job->options.unstripped, job->placed->targets[i]);
    struct image_file file;
    struct replacement aside;
    if (path == NULL)
        return true;
    if (!predicted_file_open(&job->predictions->files[i], &file, error))
        return false;
    bool done = original_put_aside(&file, path, &aside, error);
    if (done && aside.is_made)
        *vector_push(&fixed->arena, fixed) = aside;
    file_close(&file.file);
    return done;
}

static bool put_all_aside(const struct apply_state *work, struct applied_fix *fixed,
                          struct error *error) {
    if (!originals_differ(work, fixed, error))
        return false;
    for (size_t i = 0; i < work->job->predictions->plan.file_count; i++)
        if (is_rewritten(work->job, i) && work->made[i].is_made &&
            !put_aside(work, i, fixed, error))
            return false;
    return true;
}

/* --- names --- */

static bool add_hard_links(const struct image_file *file, const struct made_file *made,
                           struct applied_fix *fixed, struct error *error) {
    struct string_list names = predicted_file_names(&fixed->arena, file);
    for (size_t i = 1; i < names.count; i++) {
        struct atomic_file new_file;
        if (!atomic_file_link(made->file.path, names.items[i], true, &new_file))
            return error_io(error, names.items[i], "cannot be made a hard link of %s again",
                            file->path);
        replacement_begin_of(vector_push(&fixed->arena, fixed), names.items[i], &made->read,
                             &new_file);
    }
    return true;
}

static bool add_new_file(const struct apply_state *work, size_t i, struct applied_fix *fixed,
                         struct error *error) {
    const struct fix_job *job = work->job;
    struct made_file *made = &work->made[i];
    const char *target = job->placed->targets[i];
    struct replacement *item = vector_push(&fixed->arena, fixed);
    if (job->copies)
        replacement_begin(item, target, &made->file);
    else
        replacement_begin_of(item, target, &made->read, &made->file);
    made->is_made = false;
    return job->copies || add_hard_links(job->predictions->files[i].file, made, fixed, error);
}

static bool add_new_files(const struct apply_state *work, struct applied_fix *fixed,
                          struct error *error) {
    for (size_t i = 0; i < work->job->predictions->plan.file_count; i++)
        if (work->made[i].is_made && !add_new_file(work, i, fixed, error))
            return false;
    return true;
}

/* In place the seals around the new files change with them. */
static bool add_seals(const struct apply_state *work, size_t originals, struct applied_fix *fixed,
                      struct error *error) {
    struct resealed_files seals = {0};
    bool sealed = work->job->copies || reseal(&fixed->arena, fixed->items + originals,
                                              fixed->count - originals, &seals, error);
    for (size_t i = 0; i < seals.count; i++)
        *vector_push(&fixed->arena, fixed) = *seals.items[i];
    return sealed;
}

static bool seals_allow(const struct apply_state *work, struct applied_fix *fixed,
                        struct error *error) {
    struct string_list paths = {0};
    for (size_t i = 0; i < work->job->predictions->plan.file_count; i++)
        if (is_rewritten(work->job, i) && !work->job->copies)
            *vector_push(&fixed->arena, &paths) = work->job->placed->targets[i];
    return reseal_allowed(&paths, work->job->options.identity, error);
}

static bool make_folders(const struct output_paths *placed, struct applied_fix *fixed,
                         struct error *error) {
    for (size_t i = 0; i < placed->folders.count; i++)
        if (!file_make_folders(&fixed->arena, placed->folders.items[i]))
            return error_errno(error, placed->folders.items[i], "cannot make the folder");
    return true;
}

static bool make_links(const struct output_paths *placed, struct applied_fix *fixed,
                       struct error *error) {
    for (size_t i = 0; i < placed->links.count; i++) {
        const struct output_link *link = &placed->links.items[i];
        bool is_new;
        file_make_folders(&fixed->arena, path_folder(&fixed->arena, link->path));
        if (!file_link(link->target, link->path, &is_new, error))
            return false;
        if (is_new)
            *vector_push(&fixed->arena, &fixed->links) = link->path;
    }
    return true;
}

/* --- all of it --- */

static void fixed_free(struct applied_fix *fixed) {
    arena_free(&fixed->arena);
    *fixed = (struct applied_fix){0};
}

/* Steps put aside, journal and take: originals have their names before there is a journal: whoever
 * ends what the journal says takes them for granted. Only what is replaced in place can be lost by
 * a run that is killed. */
static bool take_names(const struct apply_state *work, struct applied_fix *fixed,
                       struct error *error) {
    size_t originals = fixed->count;
    if (!add_new_files(work, fixed, error) || !add_seals(work, originals, fixed, error))
        return false;
    size_t count = fixed->count - originals;
    struct replacement *files = count == 0 ? NULL : fixed->items + originals;
    return make_folders(work->job->placed, fixed, error) &&
           make_links(work->job->placed, fixed, error) &&
           replacements_take(fixed->items, originals, error) &&
           (work->job->copies || journal_write(&fixed->journal, files, count, error)) &&
           replacements_take(files, count, error);
}

static void discard(struct apply_state *work, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (work->made[i].is_made)
            atomic_file_discard(&work->made[i].file);
}

/* What ended runs left beside files that this one leaves alone. */
static bool sweep(const struct apply_state *work, struct applied_fix *fixed, struct error *error) {
    for (size_t i = 0; i < work->job->predictions->plan.file_count; i++) {
        const struct image_file *file = work->job->predictions->files[i].file;
        struct string_list names = predicted_file_names(&fixed->arena, file);
        if (!reseal_sweep(file->path, error))
            return false;
        for (size_t j = 0; j < names.count; j++)
            if (!atomic_file_sweep(names.items[j], error))
                return false;
    }
    return true;
}

bool fix_apply(const struct fix_job *job, struct applied_fix *fixed, struct errors *errors) {
    size_t count = job->predictions->plan.file_count;
    struct apply_state work = {.job = job};
    struct error error;
    work.made = memory_zeros(count, sizeof *work.made);
    bool done = seals_allow(&work, fixed, &error) && (job->copies || sweep(&work, fixed, &error));
    if (!done)
        errors_add(errors, &error);
    done = done && make_all(&work, errors);
    if (done && (!put_all_aside(&work, fixed, &error) || !take_names(&work, fixed, &error))) {
        errors_add(errors, &error);
        done = false;
    }
    discard(&work, count);
    free(work.made);
    if (!done)
        applied_fix_take_back(fixed, errors);
    return done;
}

void applied_fix_keep(struct applied_fix *fixed) {
    replacements_keep(fixed->items, fixed->count);
    journal_end(&fixed->journal, fixed->items, fixed->count);
    fixed_free(fixed);
}

bool applied_fix_take_back(struct applied_fix *fixed, struct errors *errors) {
    struct error error;
    bool done = replacements_give_back(fixed->items, fixed->count, &error);
    if (!done)
        errors_add(errors, &error);
    for (size_t i = 0; i < fixed->links.count; i++)
        unlink(fixed->links.items[i]);
    journal_end(&fixed->journal, fixed->items, fixed->count);
    fixed_free(fixed);
    return done;
}
