#include "fix/min_level.h"

#include "fix/plan.h"

/* The number of the file, when no other is left that may change. */
static size_t leave_only(struct predictions *predictions, const struct image_file *file) {
    size_t number = 0;
    for (size_t i = 0; i < predictions->plan.file_count; i++) {
        if (predictions->files[i].file == file) {
            number = i;
            continue;
        }
        error_io(&predictions->files[i].refusal, "", "is another file");
        predictions->planned[i].may_change = false;
    }
    return number;
}

bool min_level(struct arena *arena, struct arena *cache_arena, const struct predict_input *input,
               const struct image_file *file, const struct level **level, struct error *error) {
    struct predictions predictions;
    struct plan plan;
    predictions_make(arena, cache_arena, input, &predictions);
    size_t number = leave_only(&predictions, file);
    plan_make(arena, &predictions.plan, &plan);
    int found = plan.levels[number];
    *level = found == STAYS ? NULL : level_row((size_t)found);
    *error = predictions.files[number].refusal;
    predictions_free(&predictions);
    return error->kind == ERROR_NONE;
}
