#include "plan/problem.h"

#include "base/map.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "commit/replacement.h"
#include "rewrite/rewriting.h"

#include <stdlib.h>

/* --- the files of the programs --- */

struct file_list {
    struct problem_file *items;
    size_t count;
    size_t capacity;
};

/* Index of the file in the list, where it is put when it is new. */
static size_t file_index(struct arena *arena, struct map *known, struct file_list *files,
                         struct image_file *file) {
    const size_t *index = map_get(known, file->path);
    if (index != NULL)
        return *index;
    size_t *new_index = arena_take(arena, sizeof *new_index);
    *new_index = files->count;
    map_put(known, arena, file->path, new_index);
    *vector_push(arena, files) = (struct problem_file){.file = file};
    return *new_index;
}

static size_t misaligned_parts(const struct image *image) {
    size_t count = 0;
    for (size_t i = 0; i < image->parts.count; i++)
        count += !linkedit_part_aligned(&image->parts.items[i]);
    return count;
}

static void add_program(struct arena *arena, struct map *known, struct file_list *files,
                        const struct program *program, struct planned_program *planned) {
    struct image_source *sources = arena_take(arena, (program->images.count + 1) * sizeof *sources);
    for (size_t i = 0; i < program->images.count; i++) {
        const struct loaded_image *loaded = &program->images.items[i];
        sources[i] = (struct image_source){
            .file = file_index(arena, known, files, loaded->file),
            .slice = (size_t)(loaded->slice - loaded->file->slices),
            .misaligned = misaligned_parts(loaded->image),
        };
    }
    planned->sources = sources;
}

/* --- what rewritings would make of them --- */

bool problem_open(const struct problem_file *item, struct image_file *file, struct error *error) {
    const struct file_stamp read = file_stamp_of(&item->file->file);
    *file = *item->file;
    if (!file_open(file->path, &file->file, error))
        return false;
    const struct file_stamp now = file_stamp_of(&file->file);
    if (file_stamp_same(&read, &now))
        return true;
    file_close(&file->file);
    return replacement_is_late(error, file->path);
}

struct string_list problem_names(struct arena *arena, const struct image_file *file) {
    struct string_list names = {0};
    struct map known = {0};
    *vector_push(arena, &names) = file->path;
    map_put(&known, arena, file_real(arena, file->path), (void *)(uintptr_t)file->path);
    for (size_t i = 0; i < file->names.count; i++) {
        const char *name = file->names.items[i], *real = file_real(arena, name);
        if (path_look(name) != PATH_FILE || map_get(&known, real) != NULL)
            continue;
        map_put(&known, arena, real, (void *)(uintptr_t)name);
        *vector_push(arena, &names) = name;
    }
    map_free(&known);
    return names;
}

/* Reads the slices that no program needed; a file is rewritten whole. */
static void read_all_slices(struct arena *library_arena, struct problem_file *item) {
    bool complete = true;
    struct image_file file;
    for (size_t i = 0; i < item->file->slice_count; i++)
        complete &= item->file->slices[i].image != NULL;
    if (complete || !problem_open(item, &file, &item->refusal))
        return;
    for (size_t i = 0; i < file.slice_count; i++)
        if (!image_file_parse(library_arena, &file, &file.slices[i], &item->refusal))
            break;
    file_close(&file.file);
}

const char *problem_refusal(struct arena *arena, const struct problem_file *item) {
    const struct error *error = &item->refusal;
    if (item->is_bound)
        return "programs find it by an absolute path, and would not load a copy";
    if (error->kind == ERROR_NONE)
        return NULL;
    return arena_format(arena, "%s%s%s", error->field, error->field[0] == '\0' ? "" : ": ",
                        error->what);
}

uint64_t problem_memory(const struct image_file *file) {
    uint64_t bytes = 1 << 20;
    for (size_t i = 0; i < file->slice_count; i++)
        bytes += 2 * file->slices[i].image->linkedit_size;
    return bytes;
}

static bool predict_file(const struct problem *problem, struct problem_file *item,
                         const struct level *level, struct predicted *predicted,
                         struct error *error) {
    struct image_file file;
    struct rewriting rewriting;
    const struct packing packing = {.level = level,
                                    .world = &problem->world,
                                    .drop_unclaimed = problem->predicting->drop_unclaimed,
                                    .measured = true};
    if (!problem_open(item, &file, error))
        return false;
    bool planned =
        rewriting_plan(&file, &packing, problem->predicting->keep_identity, &rewriting, error);
    if (planned) {
        predicted->file_size = rewriting.size;
        item->unclaimed = rewriting.unclaimed;
        for (size_t i = 0; i < file.slice_count; i++)
            predicted->vm_spaces[i] = rewriting_vm_space(&rewriting, i);
        rewriting_free(&rewriting);
    }
    file_close(&file.file);
    return planned;
}

/* One level of all files. */
struct predicting_level {
    struct problem *problem;
    size_t level;
    struct progress *progress;
};

static void predict_one(void *context, size_t i) {
    const struct predicting_level *work = context;
    struct problem *problem = work->problem;
    struct problem_file *item = &problem->files[i];
    if (item->refusal.kind == ERROR_NONE) {
        uint64_t taken = budget_take(problem->budget, problem_memory(item->file));
        predict_file(problem, item, level_row(work->level), &item->predicted[work->level],
                     &item->refusal);
        budget_give(problem->budget, taken);
    }
    progress_step(work->progress);
}

static void predict_level(struct problem *problem, size_t level) {
    size_t count = problem->plan.file_count;
    struct predicting_level work = {problem, level, NULL};
    work.progress = progress_begin("planning", count, problem->predicting->quiet);
    parallel_for(count, problem->predicting->jobs, predict_one, &work);
    progress_end(work.progress);
    for (size_t i = 0; i < count; i++)
        if (problem->files[i].refusal.kind != ERROR_NONE)
            problem->planned[i].may_change = false;
    problem->predicted[level] = true;
}

/* One file that cannot be read leaves the world open. */
static void read_world(struct problem *problem) {
    size_t count = problem->plan.file_count;
    struct image_file **files = memory_zeros(count, sizeof *files);
    struct error *errors = memory_zeros(count, sizeof *errors);
    for (size_t i = 0; i < count; i++)
        files[i] = problem->files[i].file;
    closed_world_read(&problem->world, files, count, problem->predicting->rules,
                      problem->predicting->jobs, errors);
    for (size_t i = 0; i < count; i++)
        if (problem->files[i].refusal.kind == ERROR_NONE)
            problem->files[i].refusal = errors[i];
    problem->has_world = true;
    free(files);
    free(errors);
}

static void prepare(void *context, size_t level) {
    struct problem *problem = context;
    if (problem->predicted[level])
        return;
    if (level_row(level)->drops_exports && !problem->has_world)
        read_world(problem);
    predict_level(problem, level);
}

static const struct predicted *predicted_at(void *context, size_t file, size_t level) {
    const struct problem *problem = context;
    return &problem->files[file].predicted[level];
}

/* --- all of it --- */

static void plan_files(struct arena *arena, struct arena *library_arena, struct problem *problem,
                       const struct file_list *files) {
    size_t levels = problem->plan.level_count;
    problem->files = files->items;
    problem->planned = arena_take(arena, (files->count + 1) * sizeof *problem->planned);
    for (size_t i = 0; i < files->count; i++) {
        struct problem_file *item = &problem->files[i];
        size_t slices = item->file->slice_count;
        item->predicted = arena_take(arena, (levels + 1) * sizeof *item->predicted);
        for (size_t level = 0; level < levels; level++)
            item->predicted[level].vm_spaces = arena_take(arena, slices * sizeof(uint64_t));
        read_all_slices(library_arena, item);
        problem->planned[i] = (struct planned_file){
            .size = item->file->size,
            .may_change = item->refusal.kind == ERROR_NONE,
        };
    }
    problem->plan.files = problem->planned;
    problem->plan.file_count = files->count;
}

void problem_make(struct arena *arena, struct arena *library_arena, struct program *const *programs,
                  size_t program_count, const struct profile *profile, const struct limits *limits,
                  const struct predicting *predicting, struct problem *problem) {
    struct map known = {0};
    struct file_list files = {0};
    struct planned_program *planned = arena_take(arena, (program_count + 1) * sizeof *planned);
    *problem = (struct problem){.predicting = predicting};
    problem->measures = arena_take(arena, (program_count + 1) * sizeof *problem->measures);
    problem->budget = arena_take(arena, sizeof *problem->budget);
    problem->predicted = arena_take(arena, predicting->level_count + 1);
    budget_begin(problem->budget, predicting->memory);
    for (size_t i = 0; i < program_count; i++) {
        program_measure(arena, programs[i], profile, &problem->measures[i]);
        planned[i].measure = &problem->measures[i];
        add_program(arena, &known, &files, programs[i], &planned[i]);
    }
    map_free(&known);
    problem->plan = (struct plan_problem){
        .programs = planned,
        .program_count = program_count,
        .level_count = predicting->level_count,
        .limits = limits,
        .prepare = prepare,
        .predicted = predicted_at,
        .context = problem,
        .most_sets = PLAN_MOST_SETS,
    };
    plan_files(arena, library_arena, problem, &files);
}

void problem_free(struct problem *problem) {
    closed_world_free(&problem->world);
    if (problem->budget != NULL)
        budget_end(problem->budget);
}
