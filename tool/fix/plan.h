/* Plan: which files to rewrite, and at which level, so that programs fit. Knows no Mach-O: it
 * places images of predicted sizes. */
#ifndef VAFIT_FIX_PLAN_H
#define VAFIT_FIX_PLAN_H

#include "base/arena.h"
#include "space/rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a file would be after a rewriting. Bytes. */
struct predicted_size {
    uint64_t file_size;
    uint64_t *vm_spaces; /* one a slice of the file, in its order; not owned */
};

/* A file that programs load images from. */
struct planned_file {
    uint64_t size;   /* bytes, as it is */
    bool may_change; /* false for one that must stay as it is */
};

/* Where an image of a program comes from. */
struct image_source {
    size_t file;
    size_t slice;
    size_t misaligned; /* how many of the measure's misaligned parts are its own; a rewriting aligns
                          them */
};

/* A program as one system takes it: another system is another planned program. */
struct planned_program {
    const struct measure *measure;      /* of the program as it is; misaligned parts in the order of
                                           the images */
    const struct limits *limits;        /* what it is judged by */
    const struct image_source *sources; /* one an image */
};

struct plan_problem {
    const struct planned_program *programs;
    size_t program_count;
    const struct planned_file *files;
    size_t file_count;
    size_t level_count; /* levels 0 to level_count - 1, from the least to the most */
    /* Called before anything else is asked about a level. */
    void (*prepare)(void *context, size_t level);
    /* What a file that may change is at a level at least: it costs nothing to tell. */
    const struct predicted_size *(*least)(void *context, size_t file, size_t level);
    /* Predicts what these files, which may change, would be at a level, which takes long; may find
     * that some may not change. */
    void (*predict)(void *context, size_t level, const size_t *files, size_t count);
    /* What was predicted of a file; NULL when nothing was. */
    const struct predicted_size *(*predicted)(void *context, size_t file, size_t level);
    void *context;
    /* Up to so many sets of equally many files are all tried; where there are more, the files that
     * shrink the most come first. */
    size_t most_sets;
    /* Files that turn out not to be needed are found by placing all images again for each, unless
     * that are more images than this: then a program that did not bear an image that grew is not
     * asked about one that grows by more. */
    size_t most_placed;
};

enum { PLAN_MOST_SETS = 300, PLAN_MOST_PLACED = 1 << 20 };

/* A level for every file; STAYS for one that is not rewritten. */
enum { STAYS = -1 };

struct plan {
    bool suffices;                /* every program fits with these levels */
    int *levels;                  /* one a file of the problem */
    size_t changed;               /* how many files are rewritten */
    int highest;                  /* the highest level among them; STAYS when none is */
    struct judgement *judgements; /* one a program, with the predicted sizes */
};

/* The cheapest plan by which no program exceeds a limit: of all, those whose highest level is
 * lowest; of these, one that changes the fewest files (of few files all sets are tried; of many the
 * files that shrink the most are taken and those that turn out not to be needed dropped again); in
 * it, each file at the lowest level that still suffices. Where none suffices, all files that become
 * smaller are at the highest level, and the judgements tell what is missing. The same problem has
 * the same plan. Of many files only those are predicted that the plan may need: what does not fit
 * with the least sizes is taken not to fit. Everything lives in the arena. */
void plan_make(struct arena *arena, const struct plan_problem *problem, struct plan *plan);

#endif
