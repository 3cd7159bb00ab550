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

/* Threads that may still be started; negative until it is known how many. */
static atomic_int threads_left = -1;

void parallel_set_jobs(unsigned jobs) {
    long processors = jobs != 0 ? (long)jobs : sysconf(_SC_NPROCESSORS_ONLN);
    long most = processors > MAX_JOBS ? MAX_JOBS : processors;
    atomic_store(&threads_left, most < 1 ? 0 : (int)most - 1);
}

static bool take_thread(void) {
    if (atomic_load(&threads_left) < 0)
        parallel_set_jobs(0);
    if (atomic_fetch_sub(&threads_left, 1) > 0)
        return true;
    atomic_fetch_add(&threads_left, 1);
    return false;
}

static void give_thread(void) {
    atomic_fetch_add(&threads_left, 1);
}

/* Fewer threads only take longer. */
static bool start_thread(pthread_t *thread, void *(*run)(void *), void *argument) {
    if (!take_thread())
        return false;
    if (pthread_create(thread, NULL, run, argument) == 0)
        return true;
    give_thread();
    return false;
}

/* Does the next piece; false when there is none. */
static bool do_next(struct queue *queue) {
    size_t i = atomic_fetch_add(&queue->next, 1);
    if (i >= queue->count)
        return false;
    queue->work(queue->context, i);
    return true;
}

/* A thread gives its place to the next one when it has nothing more to do, not when it is waited
 * for: that may be long after. */
static void *drain_beside(void *queue) {
    while (do_next(queue))
        ;
    give_thread();
    return NULL;
}

/* Whether one more thread would find a piece, beside `threads` that go on while there are any. */
static bool wants_thread(struct queue *queue, size_t threads) {
    return threads < MAX_JOBS && threads + 1 < queue->count &&
           atomic_load(&queue->next) + 1 < queue->count;
}

void parallel_for(size_t count, void (*work)(void *context, size_t i), void *context) {
    struct queue queue = {.count = count, .work = work, .context = context};
    pthread_t threads[MAX_JOBS];
    size_t started = 0;
    /* A thread that other work had at first may be free later. */
    do {
        while (wants_thread(&queue, started) &&
               start_thread(&threads[started], drain_beside, &queue))
            started++;
    } while (do_next(&queue));
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

static void *run_background(void *argument) {
    struct background *background = argument;
    background->work(background->context);
    give_thread();
    return NULL;
}

void background_begin(struct background *background, void (*work)(void *context), void *context) {
    background->work = work;
    background->context = context;
    background->runs = start_thread(&background->thread, run_background, background);
    if (!background->runs)
        work(context);
}

void background_end(struct background *background) {
    if (background->runs)
        pthread_join(background->thread, NULL);
    background->runs = false;
}
