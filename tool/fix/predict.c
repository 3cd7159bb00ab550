#include "fix/predict.h"

#include "base/map.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "commit/replacement.h"
#include "rewrite/image_rewrite.h"
#include "rewrite/shrink_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- the files of the programs --- */

struct file_list {
    struct predicted_file *items;
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
    *vector_push(arena, files) = (struct predicted_file){.file = file};
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

bool predicted_file_open(const struct predicted_file *item, struct image_file *file,
                         struct error *error) {
    const struct file_stamp read = file_stamp_of(&item->file->file);
    *file = *item->file;
    if (!(file->is_unnamed ? file_again(&item->file->file, &file->file, error)
                           : file_open(file->path, &file->file, error)))
        return false;
    const struct file_stamp now = file_stamp_of(&file->file);
    if (file_stamp_same(&read, &now))
        return true;
    file_close(&file->file);
    return replacement_is_late(error, file->path);
}

struct string_list predicted_file_names(struct arena *arena, const struct image_file *file) {
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
static void read_all_slices(struct arena *cache_arena, struct predicted_file *item) {
    bool complete = true;
    struct image_file file;
    for (size_t i = 0; i < item->file->slice_count; i++)
        complete &= item->file->slices[i].image != NULL;
    if (complete || !predicted_file_open(item, &file, &item->refusal))
        return;
    for (size_t i = 0; i < file.slice_count; i++)
        if (!image_file_parse(cache_arena, &file, &file.slices[i], &item->refusal))
            break;
    file_close(&file.file);
}

const char *predicted_file_refusal(struct arena *arena, const struct predicted_file *item) {
    const struct error *error = &item->refusal;
    if (item->is_bound)
        return "programs find it by an absolute path, and would not load a copy";
    if (error->kind == ERROR_NONE)
        return NULL;
    return arena_format(arena, "%s%s%s", error->field, error->field[0] == '\0' ? "" : ": ",
                        error->what);
}

uint64_t rewrite_memory(const struct image_file *file) {
    uint64_t bytes = 1 << 20;
    for (size_t i = 0; i < file->slice_count; i++)
        bytes += 2 * file->slices[i].image->linkedit_size;
    return bytes;
}

/* The file as it was known before; NULL when it was not. */
static struct predicted_file *known_file(const struct predictions *predictions,
                                         const struct image_file *file) {
    const struct predictions *known = predictions->options->known;
    for (size_t i = 0; known != NULL && i < known->plan.file_count; i++)
        if (strcmp(known->files[i].file->path, file->path) == 0)
            return &known->files[i];
    return NULL;
}

/* --- what was measured is not planned again when it is written --- */

enum { KEPT_SHARE = 8 }; /* of the memory */

static void drop_measured(struct budget *kept, struct predicted_file *item) {
    if (!item->is_measured)
        return;
    budget_give(kept, image_rewrite_memory(&item->measured));
    image_rewrite_free(&item->measured);
    item->is_measured = false;
}

/* Takes the rewriting, or frees it. A plan that lowers a level rather plans that one again. */
static void keep_measured(struct budget *kept, struct predicted_file *item, size_t level,
                          struct image_rewrite *rewrite) {
    rewrite->old = item->file;
    bool wanted = !item->is_measured || level > item->measured_level;
    if (wanted)
        drop_measured(kept, item);
    if (!wanted || !budget_try(kept, image_rewrite_memory(rewrite))) {
        image_rewrite_free(rewrite);
        return;
    }
    image_rewrite_rest(rewrite);
    item->measured = *rewrite;
    item->measured_level = level;
    item->is_measured = true;
}

bool predicted_file_make(struct predicted_file *item, const struct rewrite_options *options,
                         const struct image_file *file, const char *target,
                         struct atomic_file *new_file, struct error *error) {
    if (!item->is_measured || level_row(item->measured_level) != options->losses.level)
        return shrink_file_make(options, file, target, new_file, error);
    item->is_measured = false;
    return shrink_file_make_measured(options, file, target, &item->measured, new_file, error);
}

static bool predict_file(const struct predictions *predictions, struct predicted_file *item,
                         size_t level, struct error *error) {
    struct image_file file;
    struct image_rewrite rewrite;
    struct predicted_size *predicted = &item->predicted[level];
    const struct rewrite_options *options = predictions->options->rewrite;
    const struct losses losses = {level_row(level), &predictions->world, options->losses.unclaimed};
    if (!predicted_file_open(item, &file, error))
        return false;
    bool planned = image_rewrite_measure(&file, &losses, &rewrite, error);
    bool allowed = planned && image_rewrite_may_sign(&rewrite, options, error);
    if (allowed) {
        predicted->file_size = rewrite.size;
        item->unclaimed = rewrite.unclaimed;
        for (size_t i = 0; i < file.slice_count; i++)
            predicted->vm_spaces[i] = image_rewrite_vm_space(&rewrite, i);
    }
    if (allowed)
        keep_measured(predictions->kept, item, level, &rewrite);
    else if (planned)
        image_rewrite_free(&rewrite);
    file_close(&file.file);
    return allowed;
}

static void predict_item(const struct predictions *predictions, struct predicted_file *item,
                         size_t level) {
    if (item->refusal.kind != ERROR_NONE || item->is_predicted[level])
        return;
    uint64_t taken = budget_take(predictions->budget, rewrite_memory(item->file));
    item->is_predicted[level] = predict_file(predictions, item, level, &item->refusal);
    budget_give(predictions->budget, taken);
    /* A plan relies on it. */
    for (size_t i = 0; item->is_predicted[level] && i < item->file->slice_count; i++)
        assert(item->predicted[level].vm_spaces[i] >= item->least[level].vm_spaces[i]);
}

/* A file whose load commands alone are to be others is rewritten to the same sizes. */
static void predict_known(const struct predictions *predictions, struct predicted_file *item,
                          size_t level) {
    struct predicted_file *known = known_file(predictions, item->file);
    if (known == NULL) {
        predict_item(predictions, item, level);
        return;
    }
    predict_item(predictions->options->known, known, level);
    item->refusal = known->refusal;
    item->unclaimed = known->unclaimed;
    item->is_predicted[level] = known->is_predicted[level];
    item->predicted[level] = known->predicted[level];
}

/* Some files at one level. */
struct predicted_level {
    struct predictions *predictions;
    size_t level;
    const size_t *files;
    struct progress *progress;
};

static void predict_one(void *context, size_t i) {
    const struct predicted_level *work = context;
    struct predicted_file *item = &work->predictions->files[work->files[i]];
    if (item->refusal.kind == ERROR_NONE)
        predict_known(work->predictions, item, work->level);
    progress_step(work->progress);
}

static void predict(void *context, size_t level, const size_t *files, size_t count) {
    struct predictions *predictions = context;
    struct predicted_level work = {predictions, level, files, NULL};
    work.progress = progress_begin("planning", count, predictions->options->quiet);
    parallel_for(count, predict_one, &work);
    progress_end(work.progress);
    for (size_t i = 0; i < count; i++)
        if (predictions->files[files[i]].refusal.kind != ERROR_NONE)
            predictions->planned[files[i]].may_change = false;
}

/* One file that cannot be read leaves the world open. Files that are to be merged ask for nothing
 * else than before. */
static void read_world(struct predictions *predictions) {
    struct predictions *known = predictions->options->known;
    predictions->has_world = true;
    predictions->borrows_world = known != NULL;
    if (known != NULL) {
        if (!known->has_world)
            read_world(known);
        predictions->world = known->world;
        return;
    }
    size_t count = predictions->plan.file_count;
    struct image_file **files = memory_zeros(count, sizeof *files);
    struct error *errors = memory_zeros(count, sizeof *errors);
    for (size_t i = 0; i < count; i++)
        files[i] = predictions->files[i].file;
    closed_world_read(&predictions->world, files, count, predictions->options->rules, errors);
    for (size_t i = 0; i < count; i++) {
        if (predictions->files[i].refusal.kind == ERROR_NONE)
            predictions->files[i].refusal = errors[i];
        predictions->planned[i].may_change &= predictions->files[i].refusal.kind == ERROR_NONE;
    }
    free(files);
    free(errors);
}

static void prepare(void *context, size_t level) {
    struct predictions *predictions = context;
    if (level_row(level)->drops_exports && !predictions->has_world)
        read_world(predictions);
}

static const struct predicted_size *least_at(void *context, size_t file, size_t level) {
    const struct predictions *predictions = context;
    return &predictions->files[file].least[level];
}

static const struct predicted_size *predicted_at(void *context, size_t file, size_t level) {
    const struct predictions *predictions = context;
    const struct predicted_file *item = &predictions->files[file];
    return item->is_predicted[level] ? &item->predicted[level] : NULL;
}

/* --- all of it --- */

/* The sizes of a file whose slices were all read. */
static void take_sizes(struct arena *arena, struct predicted_file *item, size_t levels) {
    size_t slices = item->file->slice_count;
    item->least = arena_take(arena, (levels + 1) * sizeof *item->least);
    item->predicted = arena_take(arena, (levels + 1) * sizeof *item->predicted);
    item->is_predicted = arena_take(arena, levels + 1);
    for (size_t level = 0; level < levels; level++) {
        struct predicted_size *least = &item->least[level];
        item->predicted[level].vm_spaces = arena_take(arena, slices * sizeof(uint64_t));
        least->vm_spaces = arena_take(arena, slices * sizeof(uint64_t));
        if (item->refusal.kind == ERROR_NONE)
            least->file_size = image_rewrite_least(item->file, level_row(level), least->vm_spaces);
    }
}

static void plan_files(struct arena *arena, struct arena *cache_arena,
                       struct predictions *predictions, const struct file_list *files) {
    size_t levels = predictions->plan.level_count;
    predictions->files = files->items;
    predictions->planned = arena_take(arena, (files->count + 1) * sizeof *predictions->planned);
    for (size_t i = 0; i < files->count; i++) {
        struct predicted_file *item = &predictions->files[i];
        read_all_slices(cache_arena, item);
        take_sizes(arena, item, levels);
        const struct predicted_file *known = known_file(predictions, item->file);
        item->is_bound = known != NULL && known->is_bound;
        predictions->planned[i] = (struct planned_file){
            .size = item->file->size,
            .may_change = item->refusal.kind == ERROR_NONE && !item->is_bound,
        };
    }
    predictions->plan.files = predictions->planned;
    predictions->plan.file_count = files->count;
}

void predictions_make(struct arena *arena, struct arena *cache_arena,
                      const struct predict_input *input, struct predictions *predictions) {
    const struct predict_options *options = &input->options;
    struct map known = {0};
    struct file_list files = {0};
    struct planned_program *planned =
        arena_take(arena, (input->program_count + 1) * sizeof *planned);
    *predictions = (struct predictions){.options = options};
    predictions->measures =
        arena_take(arena, (input->program_count + 1) * sizeof *predictions->measures);
    predictions->budget = arena_take(arena, sizeof *predictions->budget);
    predictions->kept = arena_take(arena, sizeof *predictions->kept);
    budget_begin(predictions->budget, options->memory - options->memory / KEPT_SHARE);
    budget_begin(predictions->kept, options->memory / KEPT_SHARE);
    for (size_t i = 0; i < input->program_count; i++) {
        const struct judged_program *judged = &input->programs[i];
        program_measure(arena, judged->program, judged->profile, &predictions->measures[i]);
        planned[i].measure = &predictions->measures[i];
        planned[i].limits = judged->limits;
        add_program(arena, &known, &files, judged->program, &planned[i]);
    }
    map_free(&known);
    predictions->plan = (struct plan_problem){
        .programs = planned,
        .program_count = input->program_count,
        .level_count = options->level_count,
        .prepare = prepare,
        .least = least_at,
        .predict = predict,
        .predicted = predicted_at,
        .context = predictions,
        .most_sets = PLAN_MOST_SETS,
        .most_placed = PLAN_MOST_PLACED,
    };
    plan_files(arena, cache_arena, predictions, &files);
}

void predictions_free(struct predictions *predictions) {
    if (!predictions->borrows_world)
        closed_world_free(&predictions->world);
    for (size_t i = 0; i < predictions->plan.file_count; i++)
        drop_measured(predictions->kept, &predictions->files[i]);
    if (predictions->budget == NULL)
        return;
    budget_end(predictions->budget);
    budget_end(predictions->kept);
}
