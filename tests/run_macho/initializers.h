/* Initialisers: what images want called before anything else of theirs. */
#ifndef VAFIT_RUN_MACHO_INITIALIZERS_H
#define VAFIT_RUN_MACHO_INITIALIZERS_H

#include "launch.h"
#include "process.h"

/* Calls the initialisers of the module and of all below it that have not run: those of its dylibs
 * before its own, in the order of the load commands; images that are only linked upward come last
 * (dyld: Loader.cpp, runInitializersBottomUpPlusUpwardLinks). Inside an image those of
 * __mod_init_func sections come before those of __init_offsets. */
void initializers_call(const struct process *process, struct module *module,
                       const struct launch_arguments *arguments);

#endif
