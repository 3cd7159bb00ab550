/* Problem: walked programs as plan_make wants them, with what each rewriting would make of a file.
 */
#ifndef VAFIT_FIX_PREDICT_H
#define VAFIT_FIX_PREDICT_H

#include "base/budget.h"
#include "fix/plan.h"
#include "program/closed_world.h"
#include "program/judged_program.h"
#include "program/measure.h"
#include "rewrite/image_rewrite.h"
#include "rewrite/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How rewritings are predicted. */
struct predict_options {
    size_t level_count;              /* levels that may be used, from the least on */
    const struct world_rules *rules; /* where one of them drops exports: which stay; else NULL */
    const struct rewrite_options *rewrite; /* but for the level and the world */
    uint64_t memory;                       /* bytes that all of them may take together */
    bool quiet;                            /* show no progress */
    struct predictions
        *known; /* of these files as they are, which are asked first; NULL for none */
};

/* What is asked: what would rewritings make of the files of these programs? */
struct predict_input {
    const struct judged_program *programs; /* walked */
    size_t program_count;
    struct predict_options options;
};

/* A file that programs load images from. */
struct predicted_file {
    struct image_file *file;
    struct error refusal;             /* why it cannot be rewritten; ERROR_NONE when it can */
    struct predicted_size *least;     /* one a level */
    struct predicted_size *predicted; /* one a level, those that were asked for */
    bool *is_predicted;               /* one a level */
    uint64_t unclaimed; /* bytes that a rewriting would drop though no level names them */
    bool is_measured;   /* a rewriting was kept: of the highest level that was predicted */
    size_t measured_level;
    struct image_rewrite measured;
    bool is_bound; /* programs find it by an absolute path, and would not load a copy elsewhere */
};

/* Lives in the arena given to predictions_make. */
struct predictions {
    struct plan_problem plan;
    struct measure *measures;     /* one a judged program, as it is */
    struct predicted_file *files; /* in the order in which the programs load them; as plan.files */
    struct planned_file *planned;
    const struct predict_options *options;
    struct budget *budget;
    struct budget *kept; /* what measured rewritings take between planning and writing */
    bool borrows_world;  /* it is that of options->known */
    bool has_world; /* `world` was read, as it is before a level that drops exports is predicted */
    struct closed_world world; /* of all files */
};

/* Measures the programs. What lies in `cache_arena`, the images of slices that no program needed,
 * is added to. All pointers are kept and must outlive the problem; release with predictions_free.
 */
void predictions_make(struct arena *arena, struct arena *cache_arena,
                      const struct predict_input *input, struct predictions *predictions);
void predictions_free(struct predictions *predictions);

/* Opens the file anew, for the library may have had to close it; image_file_free with file_close.
 * Errors: ERROR_IO naming it, also when it is no longer the file that was read. */
bool predicted_file_open(const struct predicted_file *item, struct image_file *file,
                         struct error *error);
/* Its path, and after it those other names by which programs load it that are hard links of it. In
 * the arena. */
struct string_list predicted_file_names(struct arena *arena, const struct image_file *file);
/* Why the file is not rewritten; NULL when it can be. In the arena. */
const char *predicted_file_refusal(struct arena *arena, const struct predicted_file *item);
/* Makes the new file for `target`, of what was kept where it was predicted at that level. `file` is
 * open. Errors: those of shrink_file_make. */
bool predicted_file_make(struct predicted_file *item, const struct rewrite_options *options,
                         const struct image_file *file, const char *target,
                         struct atomic_file *new_file, struct error *error);
/* Bytes of memory that rewriting the file may take. */
uint64_t rewrite_memory(const struct image_file *file);

#endif
