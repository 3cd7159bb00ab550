/* Placing: where the files of fixed programs go: to their own paths, or into a folder that then
 * holds copies of the programs that run. */
#ifndef VAFIT_PLAN_PLACING_H
#define VAFIT_PLAN_PLACING_H

#include "base/arena.h"
#include "base/options.h"
#include "plan/problem.h"

#include <stddef.h>

/* Where one file goes. */
struct placed_file {
    const char *target;       /* NULL: it is not copied and not rewritten */
    struct string_list links; /* symbolic links to make: programs load it by these paths */
};

/* Every file to its own path. In the arena, one a file of the problem. */
struct placed_file *placing_in_place(struct arena *arena, const struct problem *problem);

/* Into `folder`, by their paths below the deepest folder that holds all files of the programs, so
 * that what they find by @rpath, @loader_path and @executable_path they find again. A dylib that is
 * loaded by an absolute install name or LC_RPATH is found where it is, and not copied: its file may
 * not change (problem->planned). In the arena. */
struct placed_file *placing_in_folder(struct arena *arena, struct problem *problem,
                                      struct program *const *programs, size_t program_count,
                                      const char *folder);

#endif
