/* Compact encodings: how to leave a function, in 32 bits (<mach-o/compact_unwind_encoding.h>). */
#ifndef VAFIT_RUN_MACHO_COMPACT_FRAME_H
#define VAFIT_RUN_MACHO_COMPACT_FRAME_H

#include "cfi.h"

#include <stdbool.h>
#include <stdint.h>

#define COMPACT_HAS_LSDA UINT32_C(0x40000000)

/* Which personality of the image's list, from 1; 0 for none. */
uint32_t compact_personality(uint32_t encoding);
/* Whether the encoding only says where __eh_frame has the entry: *offset bytes into it. */
bool compact_is_dwarf(uint32_t encoding, uint32_t *offset);
/* What functions with such encodings share, but for the personality. */
struct cfi_common compact_common(void);
/* Writes the instructions of the function that begins at `start`; false for an encoding that is
 * none of this architecture. Call it between cfi_begin_function and cfi_end_function. */
bool compact_frame_write(struct cfi *cfi, uint32_t encoding, uint64_t start);

#endif
