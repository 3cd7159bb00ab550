/* Link commands: the command line of a compiler driver or a linker, as far as it says where the
 * link's result goes. */
#ifndef VAFIT_BASE_LINK_COMMAND_H
#define VAFIT_BASE_LINK_COMMAND_H

#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"

#include <stdbool.h>

/* What the linker writes when nothing names its output. */
#define LINK_DEFAULT_OUTPUT "a.out"

/* The path that a command, its program first, gives its result, in the arena; NULL when it names
 * none. The forms are those of clang, rustc and ld: -o OUT, -oOUT, --output OUT, --output=OUT, and
 * for the linker behind a driver -Wl,-o,OUT and -Xlinker -o -Xlinker OUT, all of them in response
 * files too. The last one counts, and what is for the linker before what is for the driver, which
 * puts its own in front (tried: clang-19 -###). Options that merely begin with -o are none: those
 * of a table, and what reads like an option where another form says the output. Errors: as
 * response_files_expand_command. */
bool link_command_output(struct arena *arena, const struct string_list *command,
                         const char **output, struct error *error);

#endif
