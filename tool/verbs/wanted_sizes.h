/* Wanted sizes: the symbol tables that are read for reports that take a __LINKEDIT apart, on
 * several threads. */
#ifndef VAFIT_VERBS_WANTED_SIZES_H
#define VAFIT_VERBS_WANTED_SIZES_H

#include "base/arena.h"
#include "program/image_cache.h"
#include "program/load_order.h"

#include <stdbool.h>
#include <stddef.h>

/* Files with slices whose symbol tables are wanted, each file once: a file is worked on by one
 * thread. Zero-initialise it but for the library. */
struct wanted_sizes {
    struct image_cache *cache;
    struct progress *progress;
    struct wanted_sizes_file {
        struct image_file *file;
        struct error error;
    } * items; /* in the arena */
    size_t count;
    size_t capacity;
};

/* The slice's __LINKEDIT is to be taken apart (wants_linkedit_sizes). */
void wanted_sizes_add(struct arena *arena, struct wanted_sizes *wanted,
                      const struct loaded_image *loaded);
/* Reads all that are wanted; errors go to the library's. */
void wanted_sizes_read(struct wanted_sizes *wanted, bool quiet);

#endif
