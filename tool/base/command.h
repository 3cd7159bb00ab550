/* Commands: another program run in vafit's place, with its standard streams, its environment and
 * its working folder. */
#ifndef VAFIT_BASE_COMMAND_H
#define VAFIT_BASE_COMMAND_H

#include "base/error.h"
#include "base/options.h"

#include <stdbool.h>

/* How a command ended, as waitpid tells it. */
struct command_end {
    int status; /* exit status, when signal is 0 */
    int signal; /* that ended it; 0 for none */
};

/* Runs a command, its program first and looked up in PATH, to its end. From here on SIGHUP, SIGINT,
 * SIGQUIT and SIGTERM do not end vafit by themselves: while the command runs they are passed to it,
 * and command_caught tells of them. Those that vafit was started to ignore are ignored by both.
 * Once a process. Errors: ERROR_IO naming the program that cannot be run. */
bool command_run(const struct string_list *command, struct command_end *end, struct error *error);
/* The last such signal, 0 for none. */
int command_caught(void);
/* Ends vafit by a signal, without a core: returns only what a shell calls that, for exit. */
int command_die(int signal);

#endif
