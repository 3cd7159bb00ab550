/* Other programs that vafit runs: to read what they print, by a shell, in its own place, or to see
 * whether they start. */
#ifndef VAFIT_BASE_SUBPROCESS_H
#define VAFIT_BASE_SUBPROCESS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The path of the program `name`: what the environment's `variable` says, and nothing else if it is
 * set; otherwise the one beside vafit, or the first in PATH. In the arena; NULL when there is none.
 */
const char *subprocess_find(struct arena *arena, const char *name, const char *variable);

/* What a program may take that does with a file what is out of vafit's hands. */
struct subprocess_limits {
    unsigned seconds; /* from start to end */
    uint64_t memory;  /* bytes of address space, where the system holds programs to it */
    size_t output;    /* bytes it may print */
};

/* Runs `program argument` to its end and adds what it prints to *output; what it has to say on
 * standard error is dropped. Errors: ERROR_IO without a file, saying how it ended where not with
 * exit status 0: "took longer than 10 seconds"; ERROR_MALFORMED, likewise, where the program itself
 * says by exit status 3 that it cannot read the file. Nothing of it is left running. */
bool subprocess_output(const char *program, const char *argument,
                       const struct subprocess_limits *limits, struct text *output,
                       struct error *error);

/* Runs `sh -c SCRIPT sh ARGUMENT` with vafit's own streams and waits for it; *status is waitpid's.
 * False, with errno, when it cannot be started. */
bool subprocess_shell(const char *script, const char *argument, int *status);

/* How a command ended, as waitpid tells it. */
struct subprocess_end {
    int status; /* exit status, when signal is 0 */
    int signal; /* that ended it; 0 for none */
};

/* Runs a command in vafit's place, with its standard streams, its environment and its working
 * folder: the program first, looked up in PATH. From here on SIGHUP, SIGINT, SIGQUIT and SIGTERM do
 * not end vafit by themselves: while the command runs they are passed to it, and subprocess_signal
 * tells of them. Those that vafit was started to ignore are ignored by both. Once a process.
 * Errors: ERROR_IO naming the program that cannot be run. */
bool subprocess_run(const struct string_list *command, struct subprocess_end *end,
                    struct error *error);

/* What a launch may take. */
struct launch_limits {
    unsigned seconds; /* before it is ended */
    size_t errors;    /* bytes of its standard error that are kept */
};

struct subprocess_launch {
    long process; /* its number */
    struct subprocess_end end;
    bool was_ended; /* it ran on when its time was over, or a signal came for vafit */
};

/* Launches a command as subprocess_run does, but with nothing to read and its output dropped, and
 * adds the beginning of what it writes to standard error to *errors. It leads a process group of
 * its own, which is ended when the command ends; one whose time is over gets SIGTERM, and after two
 * seconds SIGKILL. A signal for vafit is passed on and ends the launch. May be repeated. Errors:
 * ERROR_IO naming the program that cannot be run. */
bool subprocess_launch(const struct string_list *command, const struct launch_limits *limits,
                       struct text *errors, struct subprocess_launch *launch, struct error *error);
/* The last signal that a command was run or launched with, 0 for none. */
int subprocess_signal(void);
/* Ends vafit by a signal, without a core: returns only what a shell calls that, for exit. */
int die_by_signal(int signal);

#endif
