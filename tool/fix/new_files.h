/* New files of a consolidation: made side by side, compared, and waiting for their names. */
#ifndef VAFIT_FIX_NEW_FILES_H
#define VAFIT_FIX_NEW_FILES_H

#include "base/arena.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "program/image_graph.h"
#include "rewrite/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A new file that waits for its name. */
struct new_file {
    const char *target;
    struct atomic_file file;
    const struct graph_node *replaces; /* what has the name; NULL for a file of a new name */
};

struct new_files {
    struct new_file *items; /* in the order of their tasks */
    size_t count;
    size_t capacity;
};

typedef bool file_writer(void *context, struct atomic_file *file, struct error *error);
typedef bool file_comparison(void *context, const char *path, struct errors *errors);

/* How one new file is made: written, signed, compared, shrunk. Other threads make others at the
 * same time. */
struct new_file_task {
    struct new_file new;
    const struct graph_node *like; /* its mode is this one's */
    file_writer *write;
    file_comparison *compare; /* with what it was made from; NULL where that shows elsewhere */
    void *context;
    const char *identity; /* the command that signs it; NULL for none */
    const struct rewrite_options
        *shrink;     /* how it is shrunk, and compared again; NULL: not at all */
    uint64_t memory; /* bytes that it takes */
    bool is_made;
    struct errors errors;
};

struct new_file_tasks {
    struct new_file_task *items;
    size_t count;
    size_t capacity;
    bool quiet; /* show no progress */
};

/* Does all tasks and adds what was made to *files, in their order. `memory`: bytes that tasks which
 * are done at a time may take; what takes more is done alone. False, with *errors, when a task
 * failed or a comparison found something; what was made is in *files all the same. Errors: those of
 * the writers and comparisons, of sign_by_command and shrink_file_make, ERROR_IO; each names its
 * target. */
bool new_files_make(struct arena *arena, struct new_file_tasks *tasks, uint64_t memory,
                    struct new_files *files, struct errors *errors);

#endif
