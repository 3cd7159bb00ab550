/* Classic fixups: LC_DYLD_INFO's little programs that rebase and bind pointers. */
#ifndef VAFIT_RUN_MACHO_OPCODE_FIXUPS_H
#define VAFIT_RUN_MACHO_OPCODE_FIXUPS_H

#include "process.h"

/* Applies the rebase, bind and lazy bind opcodes of a module whose dylibs are loaded, if it has
 * them. Lazy ones are bound at once. */
void opcode_fixups_apply(const struct process *process, const struct module *module);
/* Applies the weak bind opcodes: what several images define becomes one definition for all. After
 * opcode_fixups_apply of the module. */
void opcode_fixups_coalesce(const struct process *process, const struct module *module);

#endif
