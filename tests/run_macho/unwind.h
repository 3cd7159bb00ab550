/* Unwinding: a module's exceptions, given to the host's unwinder. */
#ifndef VAFIT_RUN_MACHO_UNWIND_H
#define VAFIT_RUN_MACHO_UNWIND_H

#include "base/arena.h"
#include "module.h"

/* Reads __TEXT,__unwind_info of a module and hands each function's entry, written as DWARF call
 * frame information, to the host's unwinder; entries that refer to __eh_frame bring what stands
 * there. Fixups have been applied. */
void unwind_register(struct arena *arena, const struct module *module);

#endif
