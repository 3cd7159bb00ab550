#include "fix/new_files.h"

#include "base/budget.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "rewrite/shrink_file.h"
#include "rewrite/sign_by_command.h"

/* Takes the names of all new files, in their order: of two runs the later one fails at the first,
 * before it is in the way of the other. */
static bool begin_all(struct new_file_tasks *tasks, struct errors *errors) {
    for (size_t i = 0; i < tasks->count; i++) {
        struct new_file *new = &tasks->items[i].new;
        struct error error;
        if (atomic_file_make(new->target, &new->file, &error))
            continue;
        error_in_file(&error, new->target);
        errors_add(errors, &error);
        while (i-- > 0)
            atomic_file_discard(&tasks->items[i].new.file);
        return false;
    }
    return true;
}

/* Puts a smaller one in its place: the whole one has lost its name then, and is gone when it is
 * closed. */
static bool shrink(struct new_file_task *task, struct error *error) {
    struct new_file *new = &task->new;
    struct image_file whole = {.path = new->target, .is_unnamed = true};
    struct arena arena = {0};
    bool opened = file_open(new->file.path, &whole.file, error);
    whole.size = opened ? whole.file.size : 0;
    bool done = opened && image_file_read(&arena, &whole, error);
    atomic_file_discard(&new->file);
    done = done && shrink_file_make(task->shrink, &whole, new->target, &new->file, error);
    if (opened)
        file_close(&whole.file);
    arena_free(&arena);
    return done;
}

static bool write_new(struct new_file_task *task, struct error *error) {
    struct new_file *new = &task->new;
    bool done = task->write(task->context, &new->file, error) &&
                (task->identity == NULL ||
                 sign_by_command(task->identity, new->target, &new->file, error)) &&
                atomic_file_finish(&new->file, &task->like->file->file, error);
    if (!done)
        atomic_file_discard(&new->file);
    return done;
}

static void make_one(struct new_file_task *task) {
    struct new_file *new = &task->new;
    struct error error = {0};
    task->is_made = write_new(task, &error);
    if (task->is_made && task->compare != NULL)
        task->compare(task->context, new->file.path, &task->errors);
    if (task->is_made && task->errors.count == 0 && task->shrink != NULL)
        task->is_made = shrink(task, &error);
    if (!task->is_made)
        errors_add(&task->errors, &error);
    for (size_t i = 0; i < task->errors.count; i++)
        error_in_file(&task->errors.items[i], new->target);
}

/* Tasks that share a limit on memory. */
struct task_run {
    struct new_file_tasks *tasks;
    struct budget budget;
    struct progress *progress;
};

/* The last ones first: clients are large, and no other thread shares the work of one. */
static void make_number(void *context, size_t i) {
    struct task_run *run = context;
    struct new_file_task *task = &run->tasks->items[run->tasks->count - 1 - i];
    uint64_t taken = budget_take(&run->budget, task->memory);
    make_one(task);
    budget_give(&run->budget, taken);
    progress_step(run->progress);
}

bool new_files_make(struct arena *arena, struct new_file_tasks *tasks, uint64_t memory,
                    struct new_files *files, struct errors *errors) {
    struct task_run run = {.tasks = tasks};
    size_t before = errors->count;
    if (!begin_all(tasks, errors))
        return false;
    budget_begin(&run.budget, memory);
    run.progress = progress_begin("writing", tasks->count, tasks->quiet);
    parallel_for(tasks->count, make_number, &run);
    progress_end(run.progress);
    budget_end(&run.budget);
    for (size_t i = 0; i < tasks->count; i++) {
        struct new_file_task *task = &tasks->items[i];
        if (task->is_made)
            *vector_push(arena, files) = task->new;
        for (size_t j = 0; j < task->errors.count; j++)
            errors_add(errors, &task->errors.items[j]);
        errors_free(&task->errors);
    }
    return errors->count == before;
}
