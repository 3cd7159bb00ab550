/* A client: an image that loads parts and is none. Its load commands then name the merged images,
 * and ordinals follow; nothing else of it changes, so that everything stays in its place. */
#ifndef VAFIT_MERGE_CLIENT_H
#define VAFIT_MERGE_CLIENT_H

#include "base/atomic_file.h"
#include "merge/merge.h"

#include <stdbool.h>

/* Whether the node loads parts. */
bool client_is(const struct image_graph *graph, struct merge *const *merge_of_node, size_t node);

/* A client as it will be. Lives in the arena but for the mapping. */
struct client {
    struct arena *arena;
    const struct image_graph *graph;
    struct merge *const *merge_of_node;
    bool may_sign;      /* somebody will sign what an identity has signed */
    struct part image;  /* the client, read like a part */
    int32_t *ordinals;  /* one for each of its dylibs: the new ordinal, from 1 */
    struct buffer head; /* the new header and load commands */
    const char *reason; /* why it stays as it is, and finds the merged images by way of the stubs;
                           NULL when it need not */
};

/* Reads and plans. Release with client_free. Errors: those of part_read. */
bool client_plan(struct client *client, size_t node, struct error *error);
/* Writes the new file; client->reason is NULL. Errors: ERROR_IO, ERROR_MALFORMED naming the client.
 */
bool client_write(const struct client *client, struct atomic_file *file, struct error *error);
/* Whether that part of __LINKEDIT has ordinals. */
bool client_rewrites(const char *part);
void client_free(struct client *client);

#endif
