/* How many symbols dyld looks up by name to bind the images of programs. */
#ifndef VAFIT_MERGE_IMPORT_COUNT_H
#define VAFIT_MERGE_IMPORT_COUNT_H

#include "program/load_order.h"

#include <stdbool.h>
#include <stdint.h>

/* Of each program the sum over its images: the imports that chained fixups list, or the different
 * ones that opcodes bind. `counts` has one for each program. Errors: those of part_read,
 * chained_fixups_parse and dyld_info_next, naming the file. */
bool import_counts(struct arena *arena, struct program *const *programs, size_t count,
                   uint64_t *counts, struct error *error);

#endif
