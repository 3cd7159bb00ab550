#include "fix/merge_apply.h"

#include "base/file_digest.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/path.h"
#include "fix/new_files.h"
#include "merge/compare_merge.h"
#include "merge/merged_image.h"
#include "merge/parts_file.h"
#include "merge/universal_part.h"
#include "rewrite/original.h"
#include "rewrite/reseal.h"
#include "rewrite/shrink_file.h"

#include <string.h>
#include <unistd.h>

struct merge_work {
    const struct merge_job *job;
    struct applied_fix *applied;
    struct new_files files;         /* merged images first: others need them */
    struct replaced_files replaced; /* with their real paths */
    struct errors *errors;
};

/* --- where files go --- */

static size_t file_of(const struct merge_job *job, const struct graph_node *node) {
    size_t i = 0;
    while (job->predictions->files[i].file != node->file)
        i++;
    return i;
}

static const char *target_of(const struct merge_job *job, const struct graph_node *node) {
    return job->placed->targets[file_of(job, node)];
}

const char *merge_target(struct arena *arena, const struct merge_job *job,
                         const struct merge *merge) {
    const char *beside = target_of(job, merge->parts[merge->first_loaded].node);
    return path_join(arena, path_folder(arena, beside), path_leaf(merge->path));
}

const char *merge_loaded_path(struct arena *arena, const struct merge_job *job, size_t node) {
    const struct merge *merge = job->all->merge_of_node[node];
    const char *target = target_of(job, &job->all->graph.items[node]);
    if (merge != NULL)
        return merge_target(arena, job, merge);
    return target != NULL ? target : job->all->graph.items[node].file->path;
}

/* --- new files --- */

static bool write_merged(void *context, struct atomic_file *file, struct error *error) {
    bool written = merged_image_write(context, file, error);
    merge_written(context);
    return written;
}

static bool compare_merged(void *context, const char *path, struct errors *errors) {
    bool same = compare_merge(context, path, errors);
    merge_compared(context);
    return same;
}

static bool write_client(void *context, struct atomic_file *file, struct error *error) {
    return client_write(context, file, error);
}

static bool compare_new_client(void *context, const char *path, struct errors *errors) {
    return compare_client(context, path, errors);
}

static bool write_buffer(void *context, struct atomic_file *file, struct error *error) {
    const struct buffer *buffer = context;
    return atomic_file_write(file, 0, buffer->data, buffer->size, error);
}

/* The stub that takes the place of a part. */
struct stub_task {
    const struct merge *merge;
    size_t part;
};

static bool write_stub(void *context, struct atomic_file *file, struct error *error) {
    const struct stub_task *task = context;
    return universal_part_write(task->merge, task->part, file, error);
}

static bool compare_new_stub(void *context, const char *path, struct errors *errors) {
    const struct stub_task *task = context;
    return compare_stub(task->merge, task->part, path, errors);
}

static bool make_files(struct merge_work *work, struct new_file_tasks *tasks) {
    uint64_t memory = work->job->memory != 0 ? work->job->memory : memory_of_machine() / 4;
    return new_files_make(&work->applied->arena, tasks, memory, &work->files, work->errors);
}

static const char *identity_of(const struct merge_work *work, bool has_identity) {
    return has_identity ? work->job->identity : NULL;
}

/* --- shrinking --- */

/* The level at which the image of that path is rewritten; STAYS for none. */
static int level_of(const struct merge_job *job, const char *path) {
    const struct merge_rewrite *rewrite = job->rewrite;
    for (size_t i = 0; rewrite != NULL && i < rewrite->predictions->plan.file_count; i++)
        if (strcmp(rewrite->predictions->files[i].file->path, path) == 0)
            return rewrite->plan->levels[i];
    return STAYS;
}

/* How an image is shrunk at a level; NULL when it stays. */
static const struct rewrite_options *options_at(const struct merge_work *work, int level) {
    if (level == STAYS)
        return NULL;
    struct rewrite_options *options = arena_take(&work->applied->arena, sizeof *options);
    *options = work->job->rewrite->options;
    options->losses.level = level_row((size_t)level);
    options->losses.world = &work->job->rewrite->predictions->world;
    return options;
}

/* A file that is neither merged nor loads what is. */
static bool make_shrunk(struct merge_work *work, const struct graph_node *node, int level) {
    struct new_file new = {.target = target_of(work->job, node), .replaces = node};
    struct image_file file;
    struct error error;
    bool opened = predicted_file_open(&work->job->predictions->files[file_of(work->job, node)],
                                      &file, &error);
    bool done =
        opened && shrink_file_make(options_at(work, level), &file, new.target, &new.file, &error);
    if (opened)
        file_close(&file.file);
    if (done)
        *vector_push(&work->applied->arena, &work->files) = new;
    else
        errors_add(work->errors, &error);
    return done;
}

/* --- each new file --- */

/* In place nothing is overwritten that was not read. A copy may go where an earlier one of the same
 * dylibs is, and nowhere else: another program may need what is there. */
static bool is_free(struct merge_work *work, const struct merge *merge, const char *target) {
    const char *merged = merge_target(&work->applied->arena, work->job, merge);
    struct error error;
    if (path_look(target) == PATH_ABSENT)
        return true;
    if (work->job->copies &&
        parts_file_is_of(parts_file_path(&work->applied->arena, merged), merge))
        return true;
    error_io(&error, target, "%s",
             work->job->copies ? "is there, and is not made of these dylibs; give another folder, "
                                 "or all programs at once"
                               : "came while dylibs were merged; run it again");
    errors_add(work->errors, &error);
    return false;
}

static bool add_merged(struct merge_work *work, struct new_file_tasks *tasks) {
    const struct consolidation *all = work->job->all;
    for (size_t i = 0; i < all->merge_count; i++) {
        struct merge *merge = &all->merges[i];
        const char *target = merge_target(&work->applied->arena, work->job, merge);
        if (!is_free(work, merge, target))
            return false;
        *vector_push(&work->applied->arena, tasks) = (struct new_file_task){
            .new.target = target,
            .like = merge->parts[merge->first_loaded].node,
            .write = write_merged,
            .compare = compare_merged,
            .context = merge,
            .identity = identity_of(work, merge->has_identity),
            .shrink = options_at(work, level_of(work->job, merge->path)),
            .memory = merged_image_memory(merge),
        };
    }
    return true;
}

/* The replaced files with their paths from the folder of a merged image. */
static struct replaced_files replaced_from(struct merge_work *work, const char *merged) {
    struct arena *arena = &work->applied->arena;
    const char *folder = file_real(arena, path_folder(arena, merged));
    struct replaced_files replaced = {0};
    for (size_t i = 0; i < work->replaced.count; i++) {
        struct replaced_file *item = vector_push(arena, &replaced);
        *item = work->replaced.items[i];
        item->path = path_relative(arena, folder, item->path);
    }
    return replaced;
}

static bool make_parts_file(struct merge_work *work, const struct merge *merge) {
    struct arena *arena = &work->applied->arena;
    const char *merged = merge_target(arena, work->job, merge);
    const char *path = parts_file_path(arena, merged);
    const struct replaced_files replaced = replaced_from(work, merged);
    struct buffer parts = {0};
    struct new_file_task task = {.new.target = path,
                                 .like = merge->parts[merge->first_loaded].node,
                                 .write = write_buffer,
                                 .context = &parts};
    struct new_file_tasks tasks = {.items = &task, .count = 1, .quiet = true};
    parts_file_make(merge, &replaced, &parts);
    bool done = is_free(work, merge, path) && make_files(work, &tasks);
    buffer_free(&parts);
    return done;
}

static void add_stubs(struct merge_work *work, const struct merge *merge,
                      struct new_file_tasks *tasks) {
    struct arena *arena = &work->applied->arena;
    for (size_t i = 0; i < merge->part_count; i++) {
        const struct graph_node *node = merge->parts[i].node;
        struct stub_task *stub = arena_take(arena, sizeof *stub);
        *stub = (struct stub_task){merge, i};
        *vector_push(arena, tasks) = (struct new_file_task){
            .new = {.target = target_of(work->job, node), .replaces = node},
            .like = node,
            .write = write_stub,
            .compare = compare_new_stub,
            .context = stub,
            .identity = identity_of(work, part_has_identity(&merge->parts[i])),
        };
    }
}

static bool is_new(const struct consolidation *all, size_t node) {
    const struct client *client = &all->clients[node];
    return all->merge_of_node[node] != NULL || (client->head.size != 0 && client->reason == NULL);
}

static void add_clients(struct merge_work *work, struct new_file_tasks *tasks) {
    struct consolidation *all = work->job->all;
    for (size_t i = 0; i < all->graph.count; i++) {
        const struct graph_node *node = &all->graph.items[i];
        struct client *client = &all->clients[i];
        if (all->merge_of_node[i] != NULL || !is_new(all, i))
            continue;
        *vector_push(&work->applied->arena, tasks) = (struct new_file_task){
            .new = {.target = target_of(work->job, node), .replaces = node},
            .like = node,
            .write = write_client,
            .compare = compare_new_client,
            .context = client,
            .identity = identity_of(work, part_has_identity(&client->image)),
            .shrink = options_at(work, level_of(work->job, node->file->path)),
        };
    }
}

static bool make_copy(struct merge_work *work, const struct graph_node *node) {
    struct new_file new = {.target = target_of(work->job, node)};
    struct file file;
    struct error error;
    bool opened = file_open(node->file->path, &file, &error);
    bool copied = opened && atomic_file_make_copy(new.target, &file, true, &new.file, &error);
    if (opened)
        file_close(&file);
    if (copied)
        *vector_push(&work->applied->arena, &work->files) = new;
    else
        errors_add(work->errors, &error);
    return copied;
}

/* Whether another slice of the file was met before. */
static bool is_met(const struct consolidation *all, size_t node) {
    bool met = false;
    for (size_t i = 0; i < node; i++)
        met |= all->graph.items[i].file == all->graph.items[node].file;
    return met;
}

/* What is no part and no client is shrunk, or goes along as it is with a copy. */
static bool make_rest(struct merge_work *work) {
    const struct consolidation *all = work->job->all;
    for (size_t i = 0; i < all->graph.count; i++) {
        const struct graph_node *node = &all->graph.items[i];
        int level = level_of(work->job, node->file->path);
        if (is_new(all, i) || target_of(work->job, node) == NULL || is_met(all, i))
            continue;
        if (level != STAYS ? !make_shrunk(work, node, level)
                           : work->job->copies && !make_copy(work, node))
            return false;
    }
    return true;
}

static bool make_all(struct merge_work *work) {
    const struct consolidation *all = work->job->all;
    struct new_file_tasks tasks = {.quiet = work->job->quiet};
    if (!add_merged(work, &tasks))
        return false;
    for (size_t i = 0; i < all->merge_count; i++)
        if (!work->job->no_stubs)
            add_stubs(work, &all->merges[i], &tasks);
    add_clients(work, &tasks);
    return make_files(work, &tasks) && make_rest(work);
}

/* --- names --- */

/* The original that will be kept: the file itself, or one that an earlier rewriting has kept. */
static bool note_replaced(struct merge_work *work, const struct new_file *new, const char *kept,
                          struct error *error) {
    struct arena *arena = &work->applied->arena;
    struct replaced_file *item = vector_push(arena, &work->replaced);
    item->path = file_real(arena, new->target);
    return file_digest_at(kept, item->original, error) &&
           file_digest_at(new->file.path, item->replacement, error);
}

/* In one folder two originals may not have one name. */
static bool originals_differ(struct merge_work *work, struct error *error) {
    struct arena *arena = &work->applied->arena;
    struct map known = {0};
    bool differ = true;
    for (size_t i = 0; differ && i < work->files.count; i++) {
        const struct new_file *new = &work->files.items[i];
        const char *path = new->replaces == NULL || work->job->copies
                               ? NULL
                               : original_path(arena, work->job->unstripped, new->target);
        if (path == NULL)
            continue;
        const char *other = map_get(&known, path);
        differ = other == NULL || error_usage(error, "--unstripped: %s and %s would both keep %s",
                                              other, new->target, path);
        map_put(&known, arena, path, arena_string(arena, new->target));
    }
    map_free(&known);
    return differ;
}

static bool put_aside(struct merge_work *work, const struct new_file *new, struct error *error) {
    struct image_file file = *new->replaces->file;
    struct replacement aside;
    const char *path = original_path(&work->applied->arena, work->job->unstripped, new->target);
    if (path == NULL)
        return true;
    if (!file_open(file.path, &file.file, error))
        return false;
    bool done = original_put_aside(&file, path, &aside, error);
    if (done && aside.is_made)
        *vector_push(&work->applied->arena, work->applied) = aside;
    file_close(&file.file);
    return done && note_replaced(work, new, aside.is_made ? file.path : path, error);
}

static void add_replacement(struct merge_work *work, struct new_file *new) {
    struct replacement *item = vector_push(&work->applied->arena, work->applied);
    if (new->replaces == NULL || work->job->copies)
        replacement_begin(item, new->target, &new->file);
    else
        replacement_begin_of(item, new->target, &new->replaces->file->file, &new->file);
}

/* Adds new files that replace something, or those that do not: what says that a merged image is
 * vafit's before the image itself. */
static size_t add_files(struct merge_work *work, bool replace) {
    size_t before = work->applied->count;
    for (size_t i = work->files.count; i-- > 0;)
        if ((work->files.items[i].replaces != NULL) == replace)
            add_replacement(work, &work->files.items[i]);
    return work->applied->count - before;
}

static bool make_folders(const struct merge_work *work, struct error *error) {
    const struct output_paths *placed = work->job->placed;
    for (size_t i = 0; i < placed->folders.count; i++)
        if (!file_make_folders(&work->applied->arena, placed->folders.items[i]))
            return error_errno(error, placed->folders.items[i], "cannot make the folder");
    for (size_t i = 0; i < placed->links.count; i++) {
        bool is_new_link;
        if (!file_link(placed->links.items[i].target, placed->links.items[i].path, &is_new_link,
                       error))
            return false;
        if (is_new_link)
            *vector_push(&work->applied->arena, &work->applied->links) =
                placed->links.items[i].path;
    }
    return true;
}

/* The errors were added where they were made. */
static bool made_errors(struct error *error) {
    *error = (struct error){0};
    return false;
}

/* Originals and merged images have their names before there is a journal of the files that need
 * them: whoever ends what it says takes them for granted. */
static bool take_names(struct merge_work *work, struct error *error) {
    struct applied_fix *applied = work->applied;
    if (!originals_differ(work, error))
        return false;
    for (size_t i = 0; !work->job->copies && i < work->files.count; i++)
        if (work->files.items[i].replaces != NULL && !put_aside(work, &work->files.items[i], error))
            return false;
    for (size_t i = 0; i < work->job->all->merge_count; i++)
        if (!make_parts_file(work, &work->job->all->merges[i]))
            return made_errors(error);
    add_files(work, false);
    size_t first = applied->count, count = add_files(work, true);
    work->files.count = 0;
    return make_folders(work, error) && replacements_take(applied->items, first, error) &&
           (work->job->copies || count == 0 ||
            journal_write(&applied->journal, applied->items + first, count, error)) &&
           replacements_take(applied->items + first, count, error);
}

/* A copy keeps no originals, so that nothing that was read may lie where it goes. */
static bool is_elsewhere(const struct merge_job *job, struct applied_fix *applied,
                         struct error *error) {
    struct arena *arena = &applied->arena;
    const struct image_graph *graph = &job->all->graph;
    struct map read = {0};
    bool elsewhere = true;
    for (size_t i = 0; i < graph->count; i++) {
        char *real = file_real(arena, graph->items[i].file->path);
        map_put(&read, arena, real, real);
    }
    for (size_t i = 0; elsewhere && i < graph->count; i++) {
        const char *target = target_of(job, &graph->items[i]);
        if (target == NULL)
            continue;
        const char *folder = file_real(arena, path_folder(arena, target));
        elsewhere =
            map_get(&read, path_join(arena, folder, path_leaf(target))) == NULL ||
            error_usage(error, "--out-dir: %s would be written over; use --in-place", target);
    }
    map_free(&read);
    return elsewhere;
}

/* A seal lists what is there: a merged image and its parts file would be more. */
static bool is_unsealed(const struct merge_job *job, struct applied_fix *applied,
                        struct error *error) {
    for (size_t i = 0; i < job->all->graph.count; i++) {
        const char *target = target_of(job, &job->all->graph.items[i]);
        const char *bundle = target == NULL || !is_new(job->all, i)
                                 ? NULL
                                 : reseal_outermost(&applied->arena, target);
        if (bundle == NULL)
            continue;
        error_malformed(error, "seal",
                        "consolidation makes files that it does not list; consolidate before the "
                        "bundle is sealed, or write to --out-dir");
        return error_in_file(error, bundle);
    }
    return true;
}

bool merge_apply(const struct merge_job *job, struct applied_fix *applied, struct errors *errors) {
    struct merge_work work = {.job = job, .applied = applied, .errors = errors};
    struct error error;
    if (!(job->copies ? is_elsewhere : is_unsealed)(job, applied, &error)) {
        errors_add(errors, &error);
        applied_fix_take_back(applied, errors);
        return false;
    }
    bool made = make_all(&work);
    bool done = made && take_names(&work, &error);
    if (made && !done && error.kind != ERROR_NONE)
        errors_add(errors, &error);
    for (size_t i = 0; i < work.files.count; i++)
        atomic_file_discard(&work.files.items[i].file);
    if (!done)
        applied_fix_take_back(applied, errors);
    return done;
}
