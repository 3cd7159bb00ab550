/* Chained fixups: pointers that hold where the next one is and what they are to become. */
#ifndef VAFIT_RUN_MACHO_CHAINED_FIXUPS_H
#define VAFIT_RUN_MACHO_CHAINED_FIXUPS_H

#include "process.h"

/* Applies LC_DYLD_CHAINED_FIXUPS of a module whose dylibs are loaded, if it has them: pointer
 * formats 2 (64) and 6 (64_OFFSET), import formats 1, 2 and 3. */
void chained_fixups_apply(struct process *process, const struct module *module);

#endif
