#include "verbs/symbol_tables.h"

#include "base/parallel.h"
#include "base/progress.h"

static bool is_wanted(const struct image_file *file) {
    for (size_t i = 0; i < file->slice_count; i++)
        if (file->slices[i].wants_linkedit_sizes)
            return true;
    return false;
}

void symbol_tables_want(struct arena *arena, struct symbol_tables *tables,
                        const struct loaded_image *loaded) {
    if (!is_wanted(loaded->file))
        vector_push(arena, tables)->file = loaded->file;
    loaded->slice->wants_linkedit_sizes = true;
}

static void read_file(void *context, size_t i) {
    struct symbol_tables *tables = context;
    struct symbol_tables_file *item = &tables->items[i];
    item->error.kind = ERROR_NONE;
    for (size_t j = 0; j < item->file->slice_count; j++)
        if (item->file->slices[j].wants_linkedit_sizes &&
            !image_cache_read_sizes(tables->cache, item->file, &item->file->slices[j],
                                    &item->error))
            break;
    progress_step(tables->progress);
}

void symbol_tables_read(struct symbol_tables *tables, bool quiet) {
    tables->progress = progress_begin("reading symbol tables", tables->count, quiet);
    parallel_for(tables->count, read_file, tables);
    progress_end(tables->progress);
    for (size_t i = 0; i < tables->count; i++)
        if (tables->items[i].error.kind != ERROR_NONE)
            errors_add(image_cache_errors(tables->cache), &tables->items[i].error);
}
