#include "rewrite/shrink_file.h"

#include "commit/early_copy.h"
#include "commit/journal.h"
#include "commit/replacement.h"
#include "rewrite/image_rewrite.h"
#include "rewrite/original.h"
#include "rewrite/reseal.h"
#include "rewrite/sign_by_command.h"
#include "verify/compare_files.h"

#include <string.h>

/* One file on its way. */
struct shrink_job {
    const struct rewrite_options *options;
    const struct image_file *file;
    const char *target;
    bool no_sync; /* of the new file */
    struct early_copy copy;
};

/* --- rewrite --- */

static struct shrunk sizes_of(const struct image_rewrite *rewrite) {
    struct shrunk sizes = {.unclaimed = rewrite->unclaimed};
    for (size_t i = 0; i < rewrite->old->slice_count; i++) {
        sizes.before += rewrite->slices[i].linkedit.bytes.size;
        sizes.after += rewrite->slices[i].made.linkedit_size;
    }
    return sizes;
}

static bool sign(struct image_rewrite *rewrite, struct error *error) {
    if (image_rewrite_sign(rewrite, error))
        return true;
    image_rewrite_free(rewrite);
    return false;
}

static bool plan(const struct shrink_job *job, struct image_rewrite *rewrite, struct shrunk *shrunk,
                 struct error *error) {
    if (!image_rewrite_plan(job->file, job->options, rewrite, error))
        return false;
    *shrunk = sizes_of(rewrite);
    return sign(rewrite, error);
}

/* What lies before __LINKEDIT of a thin file stays; in a universal one the slices may move. */
static void begin_copy(struct shrink_job *job) {
    const struct image_file *file = job->file;
    const struct segment *linkedit =
        file->thin ? segments_find(&file->slices[0].image->segments, "__LINKEDIT") : NULL;
    early_copy_begin(&job->copy, &file->file, linkedit == NULL ? 0 : linkedit->file_offset,
                     job->target, job->no_sync, job->options->verify);
}

/* --- sign, verify --- */

/* Only the first difference goes on; whoever wants all runs verify. */
static bool compare(const struct shrink_job *job, const struct image_rewrite *rewrite,
                    const struct atomic_file *file, struct error *error) {
    struct arena arena = {0};
    struct errors errors = {0};
    struct image_file changed = {.path = job->target, .size = file->file.size, .file = file->file};
    bool same =
        image_file_read(&arena, &changed, error) && image_file_parse_all(&arena, &changed, error);
    if (same &&
        !compare_files(rewrite->old, &changed, &job->options->losses, &file->proven, &errors)) {
        *error = errors.items[0];
        same = false;
    }
    errors_free(&errors);
    arena_free(&arena);
    return same;
}

static bool finish(const struct shrink_job *job, const struct image_rewrite *rewrite,
                   struct atomic_file *file, struct error *error) {
    const struct rewrite_options *options = job->options;
    if (options->identity != NULL && image_rewrite_has_identity(rewrite) &&
        !sign_by_command(options->identity, job->target, file, error))
        return false;
    if (options->verify && !compare(job, rewrite, file, error))
        return false;
    /* On disk only now: until here the disk had time. */
    return atomic_file_finish(file, &rewrite->old->file, error);
}

/* Writes the rest of the new file that the early copy, which was ended, began. The rewriting is
 * then only good for image_rewrite_free. After an error nothing is left. */
static bool make(const struct shrink_job *job, struct image_rewrite *rewrite,
                 struct atomic_file *file, struct error *error) {
    *file = job->copy.file;
    bool written = image_rewrite_write(rewrite, job->copy.size, file, error);
    image_rewrite_written(rewrite);
    if (written && finish(job, rewrite, file, error))
        return true;
    atomic_file_discard(file);
    return error_in_file(error, job->target);
}

/* --- commit --- */

/* What takes a name at the end: the original, if it is put aside, the new file, and in place what
 * the seals around it want. */
struct commit {
    struct arena *arena;
    struct replacement *items;
    size_t count;
    size_t capacity;
    size_t originals;
    bool in_place;
    bool is_sealed; /* seals around it are to fit; a link has broken them already */
};

static bool put_aside(const struct shrink_job *job, const char *original, struct commit *commit,
                      struct error *error) {
    if (original == NULL)
        return true;
    struct replacement aside;
    if (!original_put_aside(job->file, original, &aside, error))
        return false;
    if (aside.is_made)
        *vector_push(commit->arena, commit) = aside;
    commit->originals = commit->count;
    return true;
}

static bool add_seals(struct commit *commit, struct error *error) {
    struct resealed_files seals = {0};
    bool sealed = !commit->is_sealed ||
                  reseal(commit->arena, &commit->items[commit->originals], 1, &seals, error);
    for (size_t i = 0; i < seals.count; i++)
        *vector_push(commit->arena, commit) = *seals.items[i];
    return sealed;
}

/* Steps put aside, journal and take: the original has its name before there is a journal: whoever
 * ends what the journal says takes it for granted. */
static bool take_names(struct commit *commit, struct error *error) {
    struct journal journal = {0};
    struct error ignored;
    bool sealed = add_seals(commit, error);
    size_t originals = commit->originals, count = commit->count - originals;
    struct replacement *files = commit->items + originals;
    bool taken = sealed && replacements_take(commit->items, originals, error) &&
                 (!commit->in_place || journal_write(&journal, files, count, error)) &&
                 replacements_take(files, count, error);
    if (taken)
        replacements_keep(commit->items, commit->count);
    else
        replacements_give_back(commit->items, commit->count, &ignored);
    journal_end(&journal, commit->items, commit->count);
    return taken;
}

static bool commit_file(struct arena *arena, const struct shrink_job *job, const char *original,
                        struct atomic_file *file, struct error *error) {
    bool in_place = strcmp(job->target, job->file->path) == 0;
    struct commit commit = {
        .arena = arena, .in_place = in_place, .is_sealed = in_place && !job->options->linked};
    if (!put_aside(job, original, &commit, error)) {
        atomic_file_discard(file);
        return error_in_file(error, job->target);
    }
    struct replacement *item = vector_push(arena, &commit);
    if (commit.in_place)
        replacement_begin_of(item, job->target, &job->file->file, file);
    else
        replacement_begin(item, job->target, file);
    return take_names(&commit, error);
}

/* The path of the original lives as long as the names are taken. */
static bool make_and_commit(const struct shrink_job *job, struct image_rewrite *rewrite,
                            struct error *error) {
    struct arena scratch = {0};
    struct atomic_file file;
    bool done =
        make(job, rewrite, &file, error) &&
        commit_file(&scratch, job, shrink_file_original(&scratch, job->options, job->target), &file,
                    error);
    arena_free(&scratch);
    return done;
}

/* --- all of it --- */

/* Whether the target gets a new file: to another name that goes whatever it is, and what is as
 * small as it gets already stays the file it is. */
static bool is_needed(const struct image_rewrite *rewrite, const char *target, bool *needed,
                      struct error *error) {
    *needed = true;
    return strcmp(target, rewrite->old->path) != 0 ||
           image_rewrite_is_needed(rewrite, needed, error);
}

/* Plans while what stays is copied. */
static bool shrink_at_once(struct shrink_job *job, struct shrunk *shrunk, struct error *error) {
    struct image_rewrite rewrite;
    bool needed = false;
    begin_copy(job);
    bool planned = plan(job, &rewrite, shrunk, error);
    bool done = planned && is_needed(&rewrite, job->target, &needed, error);
    if (early_copy_end(&job->copy, done && needed, error))
        done = make_and_commit(job, &rewrite, error);
    else
        done = done && !needed;
    if (planned)
        image_rewrite_free(&rewrite);
    return done;
}

/* Writes nothing before it is known to be needed. */
static bool shrink_in_steps(struct shrink_job *job, struct shrunk *shrunk, struct error *error) {
    struct image_rewrite rewrite;
    bool needed;
    if (!plan(job, &rewrite, shrunk, error))
        return false;
    bool done = is_needed(&rewrite, job->target, &needed, error);
    if (done && needed) {
        begin_copy(job);
        done = early_copy_end(&job->copy, true, error) && make_and_commit(job, &rewrite, error);
    }
    image_rewrite_free(&rewrite);
    return done;
}

/* What was read while somebody linked it anew tells nothing. */
static bool ended(bool done, const struct image_file *file, struct error *error) {
    const struct file_stamp stamp = file_stamp_of(&file->file);
    if (!done && !file->is_unnamed && !file_stamp_holds(&stamp, file->path))
        replacement_is_late(error, file->path);
    return done;
}

const char *shrink_file_original(struct arena *arena, const struct rewrite_options *options,
                                 const char *target) {
    bool loses = options->losses.level->drops_upto != SYMBOL_NONE || options->losses.unclaimed;
    if (!loses && !options->keeps_original)
        return NULL;
    return (options->linked ? original_path_of_link : original_path)(arena, options->unstripped,
                                                                     target);
}

/* Ends the copy that was begun while the rewriting was `planned`. */
static bool end_make(struct shrink_job *job, bool planned, struct image_rewrite *rewrite,
                     struct atomic_file *new_file, struct error *error) {
    bool made = early_copy_end(&job->copy, planned, error) && make(job, rewrite, new_file, error);
    if (planned)
        image_rewrite_free(rewrite);
    return made;
}

bool shrink_file_make(const struct rewrite_options *options, const struct image_file *file,
                      const char *target, struct atomic_file *new_file, struct error *error) {
    struct shrink_job job = {
        .options = options, .file = file, .target = target, .no_sync = options->no_sync};
    struct image_rewrite rewrite;
    begin_copy(&job);
    bool planned = image_rewrite_plan(file, options, &rewrite, error) && sign(&rewrite, error);
    return ended(end_make(&job, planned, &rewrite, new_file, error), file, error);
}

bool shrink_file_make_measured(const struct rewrite_options *options, const struct image_file *file,
                               const char *target, struct image_rewrite *measured,
                               struct atomic_file *new_file, struct error *error) {
    struct shrink_job job = {
        .options = options, .file = file, .target = target, .no_sync = options->no_sync};
    begin_copy(&job);
    bool planned = image_rewrite_complete(measured, file, options, error) && sign(measured, error);
    return ended(end_make(&job, planned, measured, new_file, error), file, error);
}

/* Whatever name leads to it. */
static bool is_input(const struct image_file *file, const char *target) {
    struct file_stamp there;
    return file_stamp(target, &there) && file_identity_same(&there.identity, &file->file.identity);
}

bool shrink_file(const struct rewrite_options *options, const struct image_file *file,
                 const char *target, struct shrunk *shrunk, struct error *error) {
    struct shrink_job job = {.options = options,
                             .file = file,
                             .target = target,
                             .no_sync = options->no_sync || !is_input(file, target)};
    const struct string_list targets = {(const char *[]){target}, 1, 1};
    if (!options->linked && strcmp(target, file->path) == 0 &&
        !reseal_allowed(&targets, options->identity, error))
        return false;
    bool at_once = options->linked || strcmp(target, file->path) != 0;
    bool done = (at_once ? shrink_at_once : shrink_in_steps)(&job, shrunk, error);
    return ended(done, file, error);
}
