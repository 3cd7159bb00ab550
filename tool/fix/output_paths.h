/* Placing: where the files of fixed programs go: to their own paths, or into a folder that then
 * holds copies of the programs that run. */
#ifndef VAFIT_FIX_OUTPUT_PATHS_H
#define VAFIT_FIX_OUTPUT_PATHS_H

#include "base/arena.h"
#include "base/options.h"
#include "fix/predict.h"

#include <stddef.h>

/* A symbolic link to make. */
struct output_link {
    const char *path;
    const char *target; /* as it is spelled in the link */
};

struct output_paths {
    const char **targets; /* one a file of the problem; NULL: it is not copied and not rewritten */
    struct string_list folders; /* to make, that names lead through */
    struct output_links {
        struct output_link *items;
        size_t count;
        size_t capacity;
    } links;
};

/* Every file to its own path. In the arena. */
struct output_paths output_paths_in_place(struct arena *arena,
                                          const struct predictions *predictions);

/* Into `folder`, by their real paths below the deepest folder that holds all files of the programs,
 * with the symbolic links and folders by way of which the programs find them, so that what they
 * find by @rpath, @loader_path and @executable_path they find again. A dylib that is loaded by an
 * absolute install name or LC_RPATH is found where it is, and not copied: its file may not change
 * (problem->planned). In the arena. */
struct output_paths output_paths_in_folder(struct arena *arena, struct predictions *predictions,
                                           struct program *const *programs, size_t program_count,
                                           const char *folder);

#endif
