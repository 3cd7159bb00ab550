/* Early copies: what a rewriting leaves as it is, written while the rest is planned. */
#ifndef VAFIT_COMMIT_EARLY_COPY_H
#define VAFIT_COMMIT_EARLY_COPY_H

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct early_copy {
    const struct file *old;
    uint64_t wanted; /* bytes from the old file's start that are copied */
    const char *target;
    struct atomic_file file; /* for the target */
    uint64_t size;           /* bytes from the old file's start that the new one has */
    bool is_made;            /* `file` is one */
    bool reads_back;         /* what was copied */
    struct error error;      /* why it is not, or could not be written */
    struct background copying;
    pthread_mutex_t lock; /* of what follows, and of `error` while it runs */
    pthread_cond_t more;  /* was copied, or nothing more will be */
    uint64_t copied;      /* bytes */
    uint64_t read_back;   /* bytes that somebody has read back or is reading back */
    bool is_ended;        /* the copying, well or not */
};

/* Makes a new file for `target` and begins to copy the first `size` bytes of `old` to it. Only for
 * a rewriting that is sure to be written. `old` is open; both must outlive the copy, which must not
 * move. End it with early_copy_end. `no_sync` as of a struct atomic_file. With `reads_back` each
 * piece is read again while it is in the processor's cache, which makes it `proven` in the new
 * file: to read both files again at the end would take as long as the copying. */
void early_copy_begin(struct early_copy *copy, const struct file *old, uint64_t size,
                      const char *target, bool no_sync, bool reads_back);
/* Waits for the copying, and helps with it. `wanted` is false when there is nothing to be written
 * after all: the new file is discarded then, and false is returned without an error. Errors:
 * ERROR_IO naming the target, also when something else was read back; the new file is discarded. */
bool early_copy_end(struct early_copy *copy, bool wanted, struct error *error);

#endif
