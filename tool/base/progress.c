#include "base/progress.h"

#include "base/error.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Milliseconds before the first line, and between two of them. */
enum { PATIENCE = 1000, PAUSE = 100 };

struct progress {
    const char *what;
    size_t total;
    bool visible;
    pthread_mutex_t lock; /* for what follows */
    size_t done;
    bool shown;
    uint64_t next; /* when the line may change, milliseconds */
};

static uint64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct progress *progress_begin(const char *what, size_t total, bool quiet) {
    struct progress *progress = calloc(1, sizeof *progress);
    if (progress == NULL)
        out_of_memory();
    progress->what = what;
    progress->total = total;
    progress->visible = !quiet && isatty(STDERR_FILENO);
    progress->next = milliseconds() + PATIENCE;
    pthread_mutex_init(&progress->lock, NULL);
    return progress;
}

static void show(struct progress *progress) {
    uint64_t now = milliseconds();
    if (now < progress->next)
        return;
    fprintf(stderr, "\r%s: %zu of %zu\033[K", progress->what, progress->done, progress->total);
    fflush(stderr);
    progress->shown = true;
    progress->next = now + PAUSE;
}

void progress_step(struct progress *progress) {
    pthread_mutex_lock(&progress->lock);
    progress->done++;
    if (progress->visible)
        show(progress);
    pthread_mutex_unlock(&progress->lock);
}

void progress_end(struct progress *progress) {
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    pthread_mutex_destroy(&progress->lock);
    free(progress);
}
