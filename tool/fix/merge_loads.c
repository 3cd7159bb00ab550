#include "fix/merge_loads.h"

#include "base/file.h"

#include <string.h>

static bool loads(struct arena *arena, const struct program *program, const char *path) {
    const char *real = file_real(arena, path);
    for (size_t i = 0; i < program->images.count; i++)
        if (strcmp(file_real(arena, program->images.items[i].file->path), real) == 0)
            return true;
    return false;
}

void merge_compare_loads(struct arena *arena, const struct merge_job *job,
                         const struct program *before, const struct program *after,
                         struct errors *errors) {
    for (size_t i = 0; i < before->images.count; i++) {
        size_t node = image_graph_find(&job->all->graph, before->images.items[i].slice);
        const char *path = merge_loaded_path(arena, job, node);
        struct error error;
        if (loads(arena, after, path))
            continue;
        error_malformed(&error, "", "would not load %s any more", path);
        error_in_file(&error, after->path);
        errors_add(errors, &error);
    }
}
