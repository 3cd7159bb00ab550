/* Arguments kept in files: "@FILE" on a command line stands for the arguments in FILE. */
#ifndef VAFIT_BASE_RESPONSE_FILE_H
#define VAFIT_BASE_RESPONSE_FILE_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

/* Replaces every "@FILE" by what FILE holds: arguments parted by white space, with '...' and "..."
 * as quotes and \ before a character that is to stand for itself, as GCC and clang read them. Files
 * may name further ones, eight deep. *argc and *argv become the whole, NULL-terminated, in the
 * arena. Errors: ERROR_USAGE for a quote left open or files too deep, ERROR_IO for what cannot be
 * read. */
bool response_files_expand(struct arena *arena, int *argc, char ***argv, struct error *error);

#endif
