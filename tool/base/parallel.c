#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MAX_JOBS = 64 };

struct queue {
    atomic_size_t next;
    size_t count;
    void (*work)(void *context, size_t i);
    void *context;
};

/* Asked once: the system opens a file for it each time. */
unsigned parallel_default_jobs(void) {
    static atomic_uint jobs;
    if (atomic_load(&jobs) == 0) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);
        atomic_store(&jobs, processors < 1          ? 1
                            : processors > MAX_JOBS ? MAX_JOBS
                                                    : (unsigned)processors);
    }
    return atomic_load(&jobs);
}

static void *drain(void *argument) {
    struct queue *queue = argument;
    for (;;) {
        size_t i = atomic_fetch_add(&queue->next, 1);
        if (i >= queue->count)
            return NULL;
        queue->work(queue->context, i);
    }
}

void parallel_for(size_t count, unsigned jobs, void (*work)(void *context, size_t i),
                  void *context) {
    struct queue queue = {.count = count, .work = work, .context = context};
    pthread_t threads[MAX_JOBS];
    size_t started = 0;
    while (started + 1 < jobs && started + 1 < count && started < MAX_JOBS) {
        /* Fewer threads only take longer. */
        if (pthread_create(&threads[started], NULL, drain, &queue) != 0)
            break;
        started++;
    }
    drain(&queue);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

static void *run_background(void *argument) {
    struct background *background = argument;
    background->work(background->context);
    return NULL;
}

void background_begin(struct background *background, void (*work)(void *context), void *context) {
    background->work = work;
    background->context = context;
    background->runs = pthread_create(&background->thread, NULL, run_background, background) == 0;
    if (!background->runs)
        work(context);
}

void background_end(struct background *background) {
    if (background->runs)
        pthread_join(background->thread, NULL);
    background->runs = false;
}
