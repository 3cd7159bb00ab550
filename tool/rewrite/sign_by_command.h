/* Signs a new file by the command of --identity. */
#ifndef VAFIT_REWRITE_SIGN_BY_COMMAND_H
#define VAFIT_REWRITE_SIGN_BY_COMMAND_H

#include "base/atomic_file.h"
#include "base/error.h"

#include <stdbool.h>

/* Runs `sh -c 'COMMAND "$1"' sh PATH`, where PATH is the new file under the leaf name of `target`,
 * in a folder of its own: signers take the identifier from the name. *file is then what the command
 * left there. Errors, without a file name: ERROR_IO. */
bool sign_by_command(const char *command, const char *target, struct atomic_file *file,
                     struct error *error);

#endif
