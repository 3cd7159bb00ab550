/* __eh_frame: the call frame information of functions that no compact encoding fits. */
#ifndef VAFIT_RUN_MACHO_EH_FRAME_H
#define VAFIT_RUN_MACHO_EH_FRAME_H

#include "cfi.h"
#include "module.h"

#include <stdint.h>

/* What an encoding of __unwind_info says: where in __eh_frame to begin to look, for functions in
 * [start, end) of memory. */
struct eh_range {
    uint64_t offset; /* bytes into __eh_frame */
    uint64_t start;
    uint64_t end;
};

/* Writes the entries of the module's __TEXT,__eh_frame that are of those functions anew into *cfi:
 * from `offset` on, as libunwind looks, up to that of a function that begins at `start`. */
void eh_frame_copy(struct cfi *cfi, const struct module *module, struct eh_range range);

#endif
