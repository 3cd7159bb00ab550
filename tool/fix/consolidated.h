/* A consolidated program as it is, held against what it was made of. */
#ifndef VAFIT_FIX_CONSOLIDATED_H
#define VAFIT_FIX_CONSOLIDATED_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

/* Whether the file at `path` is a merged image, or an executable that loads one, so that
 * consolidated_compare has something to do: always with what it was made of; without, where its
 * originals are kept beside it. */
bool consolidated_is(struct arena *arena, const char *path, bool has_old);
/* Compares all merged images, stubs and clients of the program with what they were made of: the
 * kept originals, or the program `old` (NULL for none) and what that loads. Differences are added
 * to *errors, each naming its file; errors of reading are among them. */
void consolidated_compare(struct arena *arena, const char *path, const char *old,
                          bool may_lack_symbols, struct errors *errors);

#endif
