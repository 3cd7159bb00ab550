#include "fix/merge_places.h"

struct string_list merge_bound_files(struct arena *arena, const struct predictions *predictions) {
    struct string_list bound = {0};
    for (size_t i = 0; i < predictions->plan.file_count; i++)
        if (predictions->files[i].is_bound)
            *vector_push(arena, &bound) = predictions->files[i].file->path;
    return bound;
}

static bool is_bound(const struct predictions *predictions, const struct image_file *file) {
    bool bound = false;
    for (size_t i = 0; i < predictions->plan.file_count; i++)
        bound |= predictions->files[i].file == file && predictions->files[i].is_bound;
    return bound;
}

void merge_keep_clients(struct consolidation *all, const struct predictions *predictions) {
    for (size_t i = 0; i < all->graph.count; i++) {
        const struct image_file *file = all->graph.items[i].file;
        struct client *client = &all->clients[i];
        if (client->head.size == 0 || client->reason != NULL)
            continue;
        if (is_bound(predictions, file))
            client->reason = "it is found by an absolute path, so that a copy would not be loaded";
        else if (predicted_file_names(all->arena, file).count > 1)
            client->reason = "it has several names, hard links of one file";
    }
}
