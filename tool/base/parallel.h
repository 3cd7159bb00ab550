/* Independent pieces of work on several threads. */
#ifndef VAFIT_BASE_PARALLEL_H
#define VAFIT_BASE_PARALLEL_H

#include <stddef.h>

/* How many threads suit this machine. */
unsigned parallel_default_jobs(void);
/* Calls work(context, i) once for every i below `count`, on at most `jobs` threads, the calling one
 * among them, and returns when all are done. The pieces may run in any order. */
void parallel_for(size_t count, unsigned jobs, void (*work)(void *context, size_t i),
                  void *context);

#endif
