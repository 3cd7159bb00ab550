#include "fix/merge_forecast.h"

#include "merge/merged_image.h"
#include "merge/stub.h"

#include <string.h>

static void put(struct consolidation *all, struct merge_forecast *forecast,
                struct image_file *file) {
    *vector_push(all->arena, forecast) = file;
    image_cache_put(forecast->cache, file);
}

/* An image of which only the load commands are at hand, in the slices of `like`. */
static bool put_head(struct consolidation *all, struct merge_forecast *forecast,
                     const struct image_file *like, struct bytes head, struct error *error) {
    struct image_file *file = arena_take(all->arena, sizeof *file);
    struct image *image = arena_take(all->arena, sizeof *image);
    uint8_t *kept = arena_take(all->arena, head.size);
    memcpy(kept, head.data, head.size);
    *file = *like;
    file->names = (struct string_list){0};
    file->slices = arena_take(all->arena, sizeof *file->slices);
    file->slices[0] = like->slices[0];
    if (!image_parse(all->arena, (struct bytes){kept, head.size}, file->slices[0].size,
                     file->slices[0].architecture, image, error))
        return error_in_file(error, file->path);
    file->slices[0].image = image;
    put(all, forecast, file);
    return true;
}

static bool put_client(struct consolidation *all, struct merge_forecast *forecast, size_t node,
                       struct error *error) {
    const struct client *client = &all->clients[node];
    return client->head.size == 0 || client->reason != NULL ||
           put_head(all, forecast, all->graph.items[node].file, buffer_bytes(&client->head), error);
}

static bool put_stub(struct consolidation *all, struct merge_forecast *forecast,
                     const struct merge *merge, size_t part, struct error *error) {
    struct image_file file = *merge->parts[part].node->file;
    struct image_slice slice = file.slices[0];
    struct buffer stub = {0};
    stub_make(merge, part, &stub);
    file.size = slice.size = stub.size;
    file.slices = &slice;
    file.file.descriptor = -1;
    bool done = put_head(all, forecast, &file, buffer_bytes(&stub), error);
    buffer_free(&stub);
    return done;
}

static bool put_merged(struct consolidation *all, struct merge_forecast *forecast,
                       struct merge *merge, struct error *error) {
    struct image_file *file = arena_take(all->arena, sizeof *file);
    struct atomic_file made = {0};
    *file = (struct image_file){.path = merge->path, .is_unnamed = true};
    if (!file_make_unnamed(&made.file, error))
        return false;
    bool done = merged_image_outline(merge, &made, error) || error_in_file(error, merge->path);
    merge_written(merge);
    done = done && file_again(&made.file, &file->file, error);
    file_close(&made.file);
    if (!done)
        return false;
    file->size = file->file.size;
    put(all, forecast, file);
    return image_file_read(all->arena, file, error);
}

bool merge_forecast_make(struct consolidation *all, bool no_stubs, struct merge_forecast *forecast,
                         struct error *error) {
    forecast->cache = image_cache_on_disk();
    for (size_t i = 0; i < all->merge_count; i++) {
        if (!put_merged(all, forecast, &all->merges[i], error))
            return false;
        for (size_t j = 0; !no_stubs && j < all->merges[i].part_count; j++)
            if (!put_stub(all, forecast, &all->merges[i], j, error))
                return false;
    }
    for (size_t i = 0; i < all->graph.count; i++)
        if (!put_client(all, forecast, i, error))
            return false;
    return true;
}

bool merge_forecast_is_stub(const struct consolidation *all, const char *path) {
    for (size_t i = 0; i < all->graph.count; i++)
        if (all->merge_of_node[i] != NULL && strcmp(all->graph.items[i].file->path, path) == 0)
            return true;
    return false;
}

void merge_forecast_free(struct merge_forecast *forecast) {
    if (forecast->cache != NULL)
        image_cache_free(forecast->cache);
    for (size_t i = 0; i < forecast->count; i++)
        if (forecast->items[i]->is_unnamed)
            file_close(&forecast->items[i]->file);
    *forecast = (struct merge_forecast){0};
}
