#include "plan/fixing.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/path.h"
#include "base/progress.h"
#include "rewrite/replacements.h"
#include "rewrite/twin.h"

#include <stdlib.h>
#include <unistd.h>

/* The work on all files. */
struct work {
    const struct fixing *fixing;
    struct replacement *replacements; /* one a file */
    struct error *failures;           /* one a file; ERROR_NONE for none */
    bool *has_new_twin;               /* one a file */
    struct progress *progress;
};

static bool is_rewritten(const struct fixing *fixing, size_t i) {
    return fixing->plan->levels[i] != STAYS;
}

static bool is_made(const struct fixing *fixing, size_t i) {
    return fixing->placed[i].target != NULL && (is_rewritten(fixing, i) || fixing->copies);
}

static bool copy(const struct image_file *file, const char *target, struct new_file *new_file,
                 struct error *error) {
    if (!new_file_make(target, new_file, error))
        return false;
    if (new_file_copy(new_file, 0, &file->file, 0, file->file.size, error) &&
        new_file_finish(new_file, &file->file, error))
        return true;
    new_file_discard(new_file);
    return error_in_file(error, target);
}

static bool make_one(const struct work *work, size_t i, const struct image_file *file,
                     struct error *error) {
    const struct fixing *fixing = work->fixing;
    struct replacement *replacement = &work->replacements[i];
    replacement->target = fixing->placed[i].target;
    if (!is_rewritten(fixing, i) && file_holds(replacement->target, &file->file))
        return true;
    if (is_rewritten(fixing, i)) {
        struct shrinking shrinking = fixing->shrinking;
        shrinking.level = level_row((size_t)fixing->plan->levels[i]);
        shrinking.world = &fixing->problem->world;
        replacement->is_made =
            shrinking_make(&shrinking, file, replacement->target, &replacement->file, error);
    } else {
        replacement->is_made = copy(file, replacement->target, &replacement->file, error);
    }
    /* What is there already stays untouched, so that a build tool sees no change. */
    if (replacement->is_made && fixing->copies &&
        file_holds(replacement->target, &replacement->file.file)) {
        new_file_discard(&replacement->file);
        replacement->is_made = false;
        return true;
    }
    return replacement->is_made;
}

static void make(void *context, size_t i) {
    const struct work *work = context;
    struct budget *budget = work->fixing->problem->budget;
    const struct image_file *known = work->fixing->problem->files[i].file;
    struct image_file file = *known;
    if (!is_made(work->fixing, i))
        return;
    uint64_t taken = budget_take(budget, is_rewritten(work->fixing, i) ? problem_memory(known) : 0);
    if (file_open(file.path, &file.file, &work->failures[i])) {
        make_one(work, i, &file, &work->failures[i]);
        file_close(&file.file);
    }
    budget_give(budget, taken);
    progress_step(work->progress);
}

static size_t count_made(const struct fixing *fixing) {
    size_t count = 0;
    for (size_t i = 0; i < fixing->problem->plan.file_count; i++)
        count += is_made(fixing, i);
    return count;
}

static bool make_all(struct work *work, struct errors *errors) {
    size_t count = work->fixing->problem->plan.file_count, before = errors->count;
    work->progress = progress_begin("fixing", count_made(work->fixing), work->fixing->quiet);
    parallel_for(count, work->fixing->jobs, make, work);
    progress_end(work->progress);
    for (size_t i = 0; i < count; i++)
        if (work->failures[i].kind != ERROR_NONE)
            errors_add(errors, &work->failures[i]);
    return errors->count == before;
}

static const char *twin_of(struct arena *arena, const struct fixing *fixing, size_t i) {
    return is_rewritten(fixing, i)
               ? twin_path(arena, fixing->shrinking.unstripped, fixing->placed[i].target)
               : NULL;
}

/* *is_new: there was nothing under the twin's name. */
static bool put_aside(const struct work *work, size_t i, bool *is_new, struct error *error) {
    struct arena scratch = {0};
    struct image_file file = *work->fixing->problem->files[i].file;
    const char *twin = twin_of(&scratch, work->fixing, i);
    bool done = true;
    *is_new = twin != NULL && path_look(twin) == PATH_ABSENT;
    if (twin != NULL) {
        done = file_open(file.path, &file.file, error) && twin_put_aside(&file, twin, error);
        file_close(&file.file);
    }
    arena_free(&scratch);
    return done;
}

/* Takes back what put_all_aside did, up to file `count`, of those that were not rewritten after
 * all.
 */
static void take_twins_back(const struct work *work, size_t count) {
    struct arena scratch = {0};
    for (size_t i = 0; i < count; i++) {
        const char *twin = twin_of(&scratch, work->fixing, i);
        if (work->has_new_twin[i] &&
            twin_is_itself(twin, work->fixing->problem->files[i].file->path))
            unlink(twin);
    }
    arena_free(&scratch);
}

static bool put_all_aside(const struct work *work, struct errors *errors) {
    struct error error;
    for (size_t i = 0; i < work->fixing->problem->plan.file_count; i++)
        if (!put_aside(work, i, &work->has_new_twin[i], &error)) {
            errors_add(errors, &error);
            take_twins_back(work, i);
            return false;
        }
    return true;
}

/* Each link leads to the leaf or, from another folder, to the whole path of its file. */
static bool make_links(const struct placed_file *placed, struct error *error) {
    struct arena scratch = {0};
    bool made = true;
    for (size_t i = 0; i < placed->links.count && made; i++) {
        const char *link = placed->links.items[i];
        file_make_folders(&scratch, path_folder(&scratch, link));
        made = file_link(path_relative(&scratch, path_folder(&scratch, link), placed->target), link,
                         error);
    }
    arena_free(&scratch);
    return made;
}

static bool link_all(const struct work *work, struct errors *errors) {
    size_t count = work->fixing->problem->plan.file_count;
    struct error error;
    for (size_t i = 0; i < count; i++)
        if (is_made(work->fixing, i) && !make_links(&work->fixing->placed[i], &error)) {
            errors_add(errors, &error);
            take_twins_back(work, count);
            return false;
        }
    return true;
}

bool fixing_do(const struct fixing *fixing, struct errors *errors) {
    size_t count = fixing->problem->plan.file_count;
    struct work work = {.fixing = fixing};
    struct error error;
    work.replacements = memory_zeros(count, sizeof *work.replacements);
    work.failures = memory_zeros(count, sizeof *work.failures);
    work.has_new_twin = memory_zeros(count, sizeof *work.has_new_twin);
    bool done = make_all(&work, errors) && put_all_aside(&work, errors) && link_all(&work, errors);
    if (!done)
        replacements_discard(work.replacements, count);
    else if (!replacements_take_place(work.replacements, count, fixing->journal, &error)) {
        errors_add(errors, &error);
        take_twins_back(&work, count);
        done = false;
    }
    free(work.replacements);
    free(work.failures);
    free(work.has_new_twin);
    return done;
}
