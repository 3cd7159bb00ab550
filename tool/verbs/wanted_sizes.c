#include "verbs/wanted_sizes.h"

#include "base/parallel.h"
#include "base/progress.h"

static bool is_wanted(const struct image_file *file) {
    for (size_t i = 0; i < file->slice_count; i++)
        if (file->slices[i].wants_linkedit_sizes)
            return true;
    return false;
}

void wanted_sizes_add(struct arena *arena, struct wanted_sizes *wanted,
                      const struct loaded_image *loaded) {
    if (!is_wanted(loaded->file))
        vector_push(arena, wanted)->file = loaded->file;
    loaded->slice->wants_linkedit_sizes = true;
}

static void read_file(void *context, size_t i) {
    struct wanted_sizes *wanted = context;
    struct wanted_sizes_file *item = &wanted->items[i];
    item->error.kind = ERROR_NONE;
    for (size_t j = 0; j < item->file->slice_count; j++)
        if (item->file->slices[j].wants_linkedit_sizes &&
            !image_cache_read_sizes(wanted->cache, item->file, &item->file->slices[j],
                                    &item->error))
            break;
    progress_step(wanted->progress);
}

void wanted_sizes_read(struct wanted_sizes *wanted, bool quiet) {
    wanted->progress = progress_begin("reading symbol tables", wanted->count, quiet);
    parallel_for(wanted->count, read_file, wanted);
    progress_end(wanted->progress);
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->items[i].error.kind != ERROR_NONE)
            errors_add(image_cache_errors(wanted->cache), &wanted->items[i].error);
}
