/* The process: the modules of the program that runs, found and loaded as dyld does. */
#ifndef VAFIT_RUN_MACHO_PROCESS_H
#define VAFIT_RUN_MACHO_PROCESS_H

#include "base/arena.h"
#include "module.h"

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise it. */
struct process {
    struct arena arena;    /* never freed */
    struct module **items; /* in the order they were loaded, the executable first */
    size_t count;
    size_t capacity;
};

/* Loads `path` and all it needs that is not loaded yet, each image's own dylibs in the order of
 * their load commands before those of the first of them (dyld: JustInTimeLoader.cpp,
 * loadDependents). Names of system dylibs stand for the host. NULL when there is no file `path`;
 * ends the run when a dylib that is not weak is missing further down. */
struct module *process_load(struct process *process, const char *path);
/* The loaded module of which `path` is the path, the install name, or another name of the file. */
struct module *process_find(const struct process *process, const char *path);
/* The loaded module that `address` lies in, or NULL. */
struct module *process_module_at(const struct process *process, uint64_t address);
/* What stands for the system's dylibs. */
struct module *process_host(void);

#endif
