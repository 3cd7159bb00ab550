#include "plan/needed.h"

#include "plan/plan.h"

/* The number of the file, when no other is left that may change. */
static size_t leave_only(struct problem *problem, const struct image_file *file) {
    size_t number = 0;
    for (size_t i = 0; i < problem->plan.file_count; i++) {
        if (problem->files[i].file == file) {
            number = i;
            continue;
        }
        error_io(&problem->files[i].refusal, "", "is another file");
        problem->planned[i].may_change = false;
    }
    return number;
}

bool needed_level(struct arena *arena, struct arena *library_arena, const struct needing *needing,
                  const struct image_file *file, const struct level **level, struct error *error) {
    struct problem problem;
    struct plan plan;
    problem_make(arena, library_arena, needing->programs, needing->program_count, needing->profile,
                 needing->limits, &needing->predicting, &problem);
    size_t number = leave_only(&problem, file);
    plan_make(arena, &problem.plan, &plan);
    int found = plan.levels[number];
    *level = found == STAYS ? NULL : level_row((size_t)found);
    *error = problem.files[number].refusal;
    problem_free(&problem);
    return error->kind == ERROR_NONE;
}
