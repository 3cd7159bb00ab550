/* Independent pieces of work on several threads. */
#ifndef VAFIT_BASE_PARALLEL_H
#define VAFIT_BASE_PARALLEL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* How many threads suit this machine. */
unsigned parallel_default_jobs(void);
/* Calls work(context, i) once for every i below `count`, on at most `jobs` threads, the calling one
 * among them, and returns when all are done. The pieces may run in any order. */
void parallel_for(size_t count, unsigned jobs, void (*work)(void *context, size_t i),
                  void *context);

/* One piece of work beside the calling thread. Zero-initialise it. */
struct background {
    pthread_t thread;
    bool runs;
    void (*work)(void *context);
    void *context;
};

/* Begins work(context) on a thread of its own; where there is none, does it at once. Must not move
 * until background_end. */
void background_begin(struct background *background, void (*work)(void *context), void *context);
/* Waits until it is done; does nothing when none was begun. */
void background_end(struct background *background);

#endif
