/* Companions: programs that run beside vafit, held to so much time and memory, because what they do
 * with a file is out of vafit's hands. */
#ifndef VAFIT_REWRITE_COMPANION_H
#define VAFIT_REWRITE_COMPANION_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct companion_limits {
    unsigned seconds; /* from start to end */
    uint64_t memory;  /* bytes of address space, where the system holds programs to it */
    size_t output;    /* bytes it may print */
};

/* The path of the program `name`: what the environment's `variable` says, and nothing else if it is
 * set; otherwise the one beside vafit, or the first in PATH. In the arena; NULL when there is none.
 */
const char *companion_find(struct arena *arena, const char *name, const char *variable);

/* Runs `program argument` to its end and adds what it prints to *output; what it has to say on
 * standard error is dropped. Errors: ERROR_IO without a file, saying how it ended where not with
 * exit status 0: "took longer than 10 seconds"; ERROR_MALFORMED, likewise, where the program itself
 * says by exit status 3 that it cannot read the file. Nothing of it is left running. */
bool companion_run(const char *program, const char *argument, const struct companion_limits *limits,
                   struct text *output, struct error *error);

#endif
