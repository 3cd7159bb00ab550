/* Independent pieces of work on several threads.
 *
 * All that run at a time share one limit, that of --jobs, also where a piece of work has pieces of
 * its own: whoever finds no thread left works alone. */
#ifndef VAFIT_BASE_PARALLEL_H
#define VAFIT_BASE_PARALLEL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* Sets how many threads the process may use, the calling one among them; 0 for as many as there are
 * processors, which is the default. To be called before any work begins. */
void parallel_set_jobs(unsigned jobs);
/* Calls work(context, i) once for every i below `count`, on as many threads as are left, the
 * calling one among them, and returns when all are done. The pieces may run in any order. */
void parallel_for(size_t count, void (*work)(void *context, size_t i), void *context);

/* One piece of work beside the calling thread. Zero-initialise it. */
struct background {
    pthread_t thread;
    bool runs;
    void (*work)(void *context);
    void *context;
};

/* Begins work(context) on a thread of its own; where none is left, does it at once. Must not move
 * until background_end. */
void background_begin(struct background *background, void (*work)(void *context), void *context);
/* Waits until it is done; does nothing when none was begun. */
void background_end(struct background *background);

#endif
