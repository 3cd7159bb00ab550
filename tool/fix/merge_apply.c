#include "fix/merge_apply.h"

#include "base/budget.h"
#include "base/file_digest.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/path.h"
#include "merge/compare_merge.h"
#include "merge/merged_image.h"
#include "merge/parts_file.h"
#include "merge/stub.h"
#include "rewrite/original.h"

#include <string.h>
#include <unistd.h>

/* A new file that waits for its name. */
struct new_file {
    const char *target;
    struct atomic_file file;
    const struct graph_node *replaces; /* what has the name; NULL for a file of a new name */
};

struct new_files {
    struct new_file *items; /* merged images first: others need them */
    size_t count;
    size_t capacity;
};

struct merge_work {
    const struct merge_job *job;
    struct applied_fix *applied;
    struct new_files files;
    struct replaced_files replaced;
    struct errors *errors;
};

/* --- where files go --- */

static const char *target_of(const struct merge_job *job, const struct graph_node *node) {
    for (size_t i = 0; i < job->predictions->plan.file_count; i++)
        if (job->predictions->files[i].file == node->file)
            return job->placed->targets[i];
    return NULL;
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

typedef bool file_writer(void *context, struct atomic_file *file, struct error *error);
typedef bool file_comparison(void *context, const char *path, struct errors *errors);

/* A new file that is made beside others. */
struct new_file_task {
    struct new_file new;
    const struct graph_node *like; /* its mode is this one's */
    file_writer *write;
    file_comparison *compare; /* with what it was made from; NULL where that shows elsewhere */
    void *context;
    uint64_t memory; /* bytes that it takes */
    bool is_made;
    struct errors errors;
};

/* All of them, in the order in which they are taken over. */
struct new_file_tasks {
    struct new_file_task *items;
    size_t count;
    size_t capacity;
    struct budget budget;
};

/* Takes the names of all new files, in their order: of two runs the later one fails at the first,
 * before it is in the way of the other. */
static bool begin_files(struct merge_work *work, struct new_file_tasks *tasks) {
    for (size_t i = 0; i < tasks->count; i++) {
        struct new_file *new = &tasks->items[i].new;
        struct error error;
        if (atomic_file_make(new->target, &new->file, &error))
            continue;
        error_in_file(&error, new->target);
        errors_add(work->errors, &error);
        while (i-- > 0)
            atomic_file_discard(&tasks->items[i].new.file);
        return false;
    }
    return true;
}

/* Makes one file; what the comparison finds names it. */
static void make_one(struct new_file_task *task) {
    struct new_file *new = &task->new;
    struct error error = {0};
    task->is_made = task->write(task->context, &new->file, &error) &&
                    atomic_file_finish(&new->file, &task->like->file->file, &error);
    if (!task->is_made) {
        atomic_file_discard(&new->file);
        errors_add(&task->errors, &error);
    } else if (task->compare != NULL) {
        task->compare(task->context, new->file.path, &task->errors);
    }
    for (size_t i = 0; i < task->errors.count; i++)
        error_in_file(&task->errors.items[i], new->target);
}

/* The last ones first: clients are large, and no other thread shares the work of one. */
static void make_number(void *context, size_t i) {
    struct new_file_tasks *tasks = context;
    struct new_file_task *task = &tasks->items[tasks->count - 1 - i];
    uint64_t taken = budget_take(&tasks->budget, task->memory);
    make_one(task);
    budget_give(&tasks->budget, taken);
}

static void make_all_begun(struct merge_work *work, struct new_file_tasks *tasks) {
    uint64_t memory = work->job->memory != 0 ? work->job->memory : memory_of_machine() / 4;
    budget_begin(&tasks->budget, memory);
    parallel_for(tasks->count, make_number, tasks);
    budget_end(&tasks->budget);
}

/* Takes them over in their order, whichever was made first. */
static bool make_files(struct merge_work *work, struct new_file_tasks *tasks) {
    size_t before = work->errors->count;
    if (!begin_files(work, tasks))
        return false;
    make_all_begun(work, tasks);
    for (size_t i = 0; i < tasks->count; i++) {
        struct new_file_task *task = &tasks->items[i];
        if (task->is_made)
            *vector_push(&work->applied->arena, &work->files) = task->new;
        for (size_t j = 0; j < task->errors.count; j++)
            errors_add(work->errors, &task->errors.items[j]);
        errors_free(&task->errors);
    }
    return work->errors->count == before;
}

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
        *vector_push(&work->applied->arena, tasks) =
            (struct new_file_task){.new.target = target,
                                   .like = merge->parts[merge->first_loaded].node,
                                   .write = write_merged,
                                   .compare = compare_merged,
                                   .context = merge,
                                   .memory = merged_image_memory(merge)};
    }
    return true;
}

static bool make_parts_file(struct merge_work *work, const struct merge *merge) {
    struct arena *arena = &work->applied->arena;
    const char *path = parts_file_path(arena, merge_target(arena, work->job, merge));
    struct buffer parts = {0};
    struct new_file_task task = {.new.target = path,
                                 .like = merge->parts[merge->first_loaded].node,
                                 .write = write_buffer,
                                 .context = &parts};
    struct new_file_tasks tasks = {.items = &task, .count = 1};
    parts_file_make(merge, &work->replaced, &parts);
    bool done = is_free(work, merge, path) && make_files(work, &tasks);
    buffer_free(&parts);
    return done;
}

/* The stub that takes the place of a part. */
struct stub_task {
    const struct merge *merge;
    size_t part;
};

static bool write_stub(void *context, struct atomic_file *file, struct error *error) {
    const struct stub_task *task = context;
    struct buffer stub = {0};
    stub_make(task->merge, task->part, &stub);
    bool done = write_buffer(&stub, file, error);
    buffer_free(&stub);
    return done;
}

static void add_stubs(struct merge_work *work, const struct merge *merge,
                      struct new_file_tasks *tasks) {
    struct arena *arena = &work->applied->arena;
    for (size_t i = 0; i < merge->part_count; i++) {
        const struct graph_node *node = merge->parts[i].node;
        struct stub_task *stub = arena_take(arena, sizeof *stub);
        *stub = (struct stub_task){merge, i};
        *vector_push(arena, tasks) =
            (struct new_file_task){.new = {.target = target_of(work->job, node), .replaces = node},
                                   .like = node,
                                   .write = write_stub,
                                   .context = stub};
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
        if (all->merge_of_node[i] == NULL && is_new(all, i))
            *vector_push(&work->applied->arena, tasks) = (struct new_file_task){
                .new = {.target = target_of(work->job, node), .replaces = node},
                .like = node,
                .write = write_client,
                .compare = compare_new_client,
                .context = &all->clients[i]};
    }
}

/* Of a copy the rest goes along as it is. */
static bool make_copies(struct merge_work *work) {
    const struct consolidation *all = work->job->all;
    struct error error;
    for (size_t i = 0; work->job->copies && i < all->graph.count; i++) {
        const struct graph_node *node = &all->graph.items[i];
        const char *target = target_of(work->job, node);
        if (is_new(all, i) || target == NULL)
            continue;
        struct new_file new = {.target = target};
        struct file file;
        bool opened = file_open(node->file->path, &file, &error);
        bool copied = opened && atomic_file_make_copy(target, &file, &new.file, &error);
        if (opened)
            file_close(&file);
        if (!copied) {
            errors_add(work->errors, &error);
            return false;
        }
        *vector_push(&work->applied->arena, &work->files) = new;
    }
    return true;
}

static bool make_all(struct merge_work *work) {
    const struct consolidation *all = work->job->all;
    struct new_file_tasks tasks = {0};
    if (!add_merged(work, &tasks))
        return false;
    for (size_t i = 0; i < all->merge_count; i++)
        if (!work->job->no_stubs)
            add_stubs(work, &all->merges[i], &tasks);
    add_clients(work, &tasks);
    return make_files(work, &tasks) && make_copies(work);
}

/* --- names --- */

/* The original that will be kept: the file itself, or one that an earlier rewriting has kept. */
static bool note_replaced(struct merge_work *work, const struct new_file *new, const char *kept,
                          struct error *error) {
    struct arena *arena = &work->applied->arena;
    const struct consolidation *all = work->job->all;
    const char *folder = path_folder(arena, merge_target(arena, work->job, &all->merges[0]));
    struct replaced_file *item = vector_push(arena, &work->replaced);
    item->path = path_relative(arena, file_real(arena, folder), file_real(arena, new->target));
    return file_digest_at(kept, item->original, error) &&
           file_digest_at(new->file.path, item->replacement, error);
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

bool merge_apply(const struct merge_job *job, struct applied_fix *applied, struct errors *errors) {
    struct merge_work work = {.job = job, .applied = applied, .errors = errors};
    struct error error;
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
