/* Arguments kept in files: "@FILE" on a command line stands for the arguments in FILE. */
#ifndef VAFIT_BASE_RESPONSE_FILE_H
#define VAFIT_BASE_RESPONSE_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"

#include <stdbool.h>

/* Replaces every "@FILE" by what FILE holds: arguments parted by white space, with '...' and "..."
 * as quotes and \ before a character that is to stand for itself, as GCC and clang read them. Files
 * may name further ones, eight deep. What follows the first "--", wherever that stands, is left as
 * it is: it may be the command line of another program, with response files of its own. *argc and
 * *argv become the whole, NULL-terminated, in the arena. Errors: ERROR_USAGE for a quote left open
 * or files too deep, ERROR_IO for what cannot be read. */
bool response_files_expand(struct arena *arena, int *argc, char ***argv, struct error *error);

/* Makes *expanded what a compiler or linker makes of its arguments by the same syntax. As with
 * clang, a file that cannot be read leaves its "@FILE" as an argument, a quote left open ends with
 * the file, and "--" means nothing. A file with a NUL is none. Errors: ERROR_USAGE for files too
 * deep or too many. */
bool response_files_expand_command(struct arena *arena, const struct string_list *command,
                                   struct string_list *expanded, struct error *error);

#endif
