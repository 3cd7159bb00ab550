/* A consolidated program as it is, held against what it was made of. */
#ifndef VAFIT_FIX_CONSOLIDATED_H
#define VAFIT_FIX_CONSOLIDATED_H

#include "base/arena.h"
#include "base/error.h"
#include "program/level.h"

#include <stdbool.h>

/* Whether the file at `path` is a merged image, or an executable that loads one, so that
 * consolidated_compare has something to do: with the program `old` that it was made of; without, or
 * with its kept original, where originals are kept beside it. */
bool consolidated_is(struct arena *arena, const char *path, const char *old);
/* Compares all merged images, stubs and clients of the program with what they were made of: the
 * kept originals, or the program `old` (NULL for none) and what that loads. They may have been
 * shrunk since, as far as *losses goes. Differences are added to *errors, each naming its file;
 * errors of reading are among them. */
void consolidated_compare(struct arena *arena, const char *path, const char *old,
                          const struct losses *losses, struct errors *errors);

#endif
