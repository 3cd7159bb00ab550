/* Thread-local variables: descriptors whose function gives the calling thread's copy. */
#ifndef VAFIT_RUN_MACHO_THREAD_LOCALS_H
#define VAFIT_RUN_MACHO_THREAD_LOCALS_H

#include "base/arena.h"
#include "module.h"

/* Points the descriptors of a module at its initial contents: all from its first to its last
 * section of such, as dyld takes them (ThreadLocalVariables.cpp). After the fixups, before
 * module_protect. */
void thread_locals_prepare(struct arena *arena, const struct module *module);

#endif
