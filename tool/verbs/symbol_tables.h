/* Symbol tables: read for reports that take a __LINKEDIT apart, on several threads. */
#ifndef VAFIT_VERBS_SYMBOL_TABLES_H
#define VAFIT_VERBS_SYMBOL_TABLES_H

#include "base/arena.h"
#include "program/image_cache.h"
#include "program/load_order.h"

#include <stdbool.h>
#include <stddef.h>

/* Files with slices whose symbol tables are wanted, each file once: a file is worked on by one
 * thread. Zero-initialise it but for the library. */
struct symbol_tables {
    struct image_cache *cache;
    struct progress *progress;
    struct symbol_tables_file {
        struct image_file *file;
        struct error error;
    } * items; /* in the arena */
    size_t count;
    size_t capacity;
};

/* The slice's __LINKEDIT is to be taken apart (wants_linkedit_sizes). */
void symbol_tables_want(struct arena *arena, struct symbol_tables *tables,
                        const struct loaded_image *loaded);
/* Reads all that are wanted; errors go to the library's. */
void symbol_tables_read(struct symbol_tables *tables, bool quiet);

#endif
