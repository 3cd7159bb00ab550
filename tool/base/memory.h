/* Memory from the system, in large pieces. */
#ifndef VAFIT_BASE_MEMORY_H
#define VAFIT_BASE_MEMORY_H

#include <stddef.h>

/* MEMORY_PIECE bytes of zeros in one large page where the system has such, so that filling them
 * costs one page fault and not 512. Release with memory_unmap. Never fails: see out_of_memory(). */
enum { MEMORY_PIECE = 2 << 20 };
void *memory_map(void);
void memory_unmap(void *memory);

#endif
