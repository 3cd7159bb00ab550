/* A consolidated program as it is, held against what it was made of. */
#ifndef VAFIT_FIX_CONSOLIDATED_H
#define VAFIT_FIX_CONSOLIDATED_H

#include "base/arena.h"
#include "base/error.h"
#include "program/level.h"

#include <stdbool.h>

/* Compares all merged images, stubs and clients of a program with what they were made of: the kept
 * originals, or the program `old` (NULL for none) and what that loads. They may have been shrunk
 * since, as far as *losses goes. Differences are added to *errors, each naming its file; errors of
 * reading are among them.
 *
 * False where there is nothing to compare: the file at `path` is neither a merged image nor an
 * executable that loads one, or, without `old` or with its kept original, no originals are kept
 * beside it. */
bool consolidated_compare(struct arena *arena, const char *path, const char *old,
                          const struct losses *losses, struct errors *errors);

#endif
