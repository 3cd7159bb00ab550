/* Consolidated programs as they were: the originals back in place, merged images gone. */
#ifndef VAFIT_FIX_MERGE_UNDO_H
#define VAFIT_FIX_MERGE_UNDO_H

#include "base/arena.h"
#include "base/error.h"
#include "program/load_order.h"

#include <stdbool.h>
#include <stddef.h>

/* Puts back what the files beside the programs' merged images say was replaced; *restored counts
 * the files. A file that is of another link than its original stays, as does everything then, and
 * where an image that would stay loads a merged one: errors are added to *errors. `unstripped` as
 * original_path reads it. False when there are any errors. */
bool merge_undo(struct arena *arena, struct program *const *programs, size_t count,
                const char *unstripped, size_t *restored, struct errors *errors);

#endif
