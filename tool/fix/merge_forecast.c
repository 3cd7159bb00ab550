#include "fix/merge_forecast.h"

#include "merge/merged_image.h"
#include "merge/stub.h"

#include <string.h>

static void put(struct consolidation *all, struct merge_forecast *forecast,
                struct image_file *file) {
    *vector_push(all->arena, forecast) = file;
    image_cache_put(forecast->cache, file);
}

/* Reads an image of which only the load commands are at hand. */
static bool read_head(struct consolidation *all, const struct image_file *file,
                      struct image_slice *slice, struct bytes head, struct error *error) {
    struct image *image = arena_take(all->arena, sizeof *image);
    uint8_t *kept = arena_take(all->arena, head.size);
    memcpy(kept, head.data, head.size);
    slice->image = image;
    return image_parse(all->arena, (struct bytes){kept, head.size}, slice->size,
                       slice->architecture, image, error) ||
           error_in_file(error, file->path);
}

static struct image_file *copy_of(struct consolidation *all, const struct image_file *like) {
    struct image_file *file = arena_take(all->arena, sizeof *file);
    *file = *like;
    file->names = (struct string_list){0};
    file->slices = arena_take(all->arena, like->slice_count * sizeof *file->slices);
    memcpy(file->slices, like->slices, like->slice_count * sizeof *file->slices);
    return file;
}

static bool put_client(struct consolidation *all, struct merge_forecast *forecast, size_t node,
                       struct error *error) {
    const struct client *client = &all->clients[node];
    if (client->head.size == 0 || client->reason != NULL)
        return true;
    struct image_file *file = copy_of(all, all->graph.items[node].file);
    if (!read_head(all, file, &file->slices[0], buffer_bytes(&client->head), error))
        return false;
    put(all, forecast, file);
    return true;
}

/* Other slices of a universal file stay. */
static bool put_stub(struct consolidation *all, struct merge_forecast *forecast, size_t node,
                     struct error *error) {
    const struct graph_node *old = &all->graph.items[node];
    const struct merge *merge = all->merge_of_node[node];
    struct image_file *file = copy_of(all, old->file);
    struct image_slice *slice = &file->slices[old->slice - old->file->slices];
    struct buffer stub = {0};
    stub_make(merge, merge_part_of(merge, node), &stub);
    slice->size = stub.size;
    file->size = file->thin ? stub.size : file->size;
    file->file.descriptor = -1;
    bool done = read_head(all, file, slice, buffer_bytes(&stub), error);
    buffer_free(&stub);
    if (done)
        put(all, forecast, file);
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
    /* Its slices have numbers once they are known. */
    if (image_file_read(all->arena, file, error)) {
        put(all, forecast, file);
        return true;
    }
    file_close(&file->file);
    return false;
}

bool merge_forecast_make(struct consolidation *all, bool no_stubs, struct merge_forecast *forecast,
                         struct error *error) {
    forecast->cache = image_cache_on_disk();
    for (size_t i = 0; i < all->merge_count; i++)
        if (!put_merged(all, forecast, &all->merges[i], error))
            return false;
    for (size_t i = 0; i < all->graph.count; i++)
        if ((!no_stubs && all->merge_of_node[i] != NULL && !put_stub(all, forecast, i, error)) ||
            !put_client(all, forecast, i, error))
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
