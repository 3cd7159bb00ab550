/* Launching: from files to code that may be called. */
#ifndef VAFIT_RUN_MACHO_LAUNCH_H
#define VAFIT_RUN_MACHO_LAUNCH_H

#include "process.h"

/* What the program is given beside its images. */
struct launch_arguments {
    int count;
    char **items; /* NULL-terminated, the program's name first */
    char **environment;
};

/* Loads the executable at `path` and calls its entry point; ends with what that returns. */
_Noreturn void launch_program(struct process *process, const char *path,
                              const struct launch_arguments *arguments);
/* Loads the image at `path` into the process that runs, with all it needs, and calls the
 * initialisers that have not run. NULL when there is no such file. */
struct module *launch_image(struct process *process, const char *path);

#endif
