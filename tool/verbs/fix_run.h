/* A run of `vafit fix`, and its last rung. */
#ifndef VAFIT_VERBS_FIX_RUN_H
#define VAFIT_VERBS_FIX_RUN_H

#include "fix/merge_apply.h"
#include "fix/predict.h"
#include "program/image_cache.h"
#include "report/fix_report.h"
#include "rewrite/options.h"
#include "verbs/limit_options.h"
#include "verbs/programs.h"
#include "verbs/shrink_options.h"

#include <stdbool.h>

struct fix_arguments {
    const char *color;
    struct output_options output;
    struct search_options search;
    struct limit_options judge;
    struct shrink_options shrink;
    const char *format;
    const char *out_dir;
    bool in_place;
    const char *up_to;
    struct world_rules rules;
    bool assume_closed;
    bool dry_run;
    const char *plan;
    bool undo;
    struct size_option memory;
};

/* One run of fix. */
struct fix {
    struct arena *arena;
    struct fix_arguments arguments;
    struct string_list operands;
    struct limits limits; /* before profiles say more */
    struct judged_profiles profiles;
    struct string_list inputs; /* files read beside the library's */
    struct predict_options predict;
    struct rewrite_options options;
    struct fix_report report;
    bool is_open;      /* the world of the programs */
    bool consolidates; /* where no level up to arguments.up_to is enough */
};

/* What the operands name, as it is on disk. */
struct walked_programs {
    struct image_cache *cache;
    struct programs programs;
    struct judged_programs judged; /* what input, the predictions and the plan are of */
    struct predict_input input;
    struct predictions predictions;
};

/* Walks what the operands name in that library, which it then owns, and plans with what `known` has
 * of the files; NULL for nothing. Prints what is wrong; the exit status of it, 0 for nothing.
 * Release with walked_free in any case. */
int fix_walk(struct fix *fix, const struct string_list *operands, struct image_cache *cache,
             struct predictions *known, struct walked_programs *walked);
void walked_free(struct walked_programs *walked);
/* Judges what is on disk now, where the files went, and compares what programs load where `job` is
 * given. Keeps all, or takes it back and says so; the exit status. */
int fix_keep_or_take_back(struct fix *fix, const struct walked_programs *walked,
                          const struct output_paths *placed, const struct merge_job *job,
                          struct applied_fix *fixed);
/* Whether images that are not among the programs' may ask for exports; the reasons go into the
 * report. */
bool fix_world_is_open(struct fix *fix, const struct walked_programs *walked);
/* What else an open world may hold is not known, and could ask for any export: lowers the level,
 * and says so. */
void fix_keep_open_world(struct fix *fix, const struct walked_programs *walked);
/* Whether --plan goes with the other options. Errors: ERROR_USAGE. */
bool fix_plan_valid(const struct fix *fix, struct error *error);
/* Adds to the file of --plan, if it was given, what the plan rewrites. Errors: those of
 * level_plan_read; ERROR_IO. */
bool fix_write_plan(const struct fix *fix, const struct walked_programs *walked,
                    const struct plan *plan, struct error *error);
/* Adds a file that is rewritten at a level to the report. */
void fix_report_image(struct fix *fix, const struct predicted_file *item, int level,
                      const char *target);

/* Where no level suffices: consolidates the programs, and shrinks what has to be shrunk as well.
 * *plan is then that of the consolidated programs, *tried false where there is nothing to
 * consolidate. Errors were printed; the exit status, 0 also when *plan does not suffice. */
int fix_consolidate(struct fix *fix, struct walked_programs *walked,
                    const struct output_paths *placed, struct plan *plan, bool *tried);

#endif
