/* __eh_frame: the call frame information of functions that no compact encoding fits. */
#ifndef VAFIT_RUN_MACHO_EH_FRAME_H
#define VAFIT_RUN_MACHO_EH_FRAME_H

#include "cfi.h"
#include "module.h"

#include <stdint.h>

/* Writes the entry at `offset` of the module's __TEXT,__eh_frame anew into *cfi. It is to be of the
 * function that begins at address `start`, or the run ends. */
void eh_frame_copy(struct cfi *cfi, const struct module *module, uint32_t offset, uint64_t start);

#endif
