/* Progress: one line on a terminal that says how far long work has come. */
#ifndef VAFIT_BASE_PROGRESS_H
#define VAFIT_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress;

/* Begins to show "WHAT: 12 of 517" on stderr, once the work has taken a moment; nothing at all when
 * `quiet` or when stderr is no terminal. `total` is the number of steps. Ends with progress_end. */
struct progress *progress_begin(const char *what, size_t total, bool quiet);
/* One more step is done. From any thread. */
void progress_step(struct progress *progress);
/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
