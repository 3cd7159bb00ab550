#include "base/text_beside.h"

#include "base/parallel.h"

enum { AT_A_TIME = 32 };

/* Some pieces on their way. */
struct text_pieces {
    void (*write)(void *context, size_t i, struct text *piece);
    void *context;
    size_t first;
    struct text items[AT_A_TIME];
};

static void write_piece(void *context, size_t i) {
    struct text_pieces *pieces = context;
    pieces->write(pieces->context, pieces->first + i, &pieces->items[i]);
}

void text_add_beside(struct text *text, size_t count,
                     void (*write)(void *context, size_t i, struct text *piece), void *context) {
    for (size_t first = 0; first < count; first += AT_A_TIME) {
        struct text_pieces pieces = {.write = write, .context = context, .first = first};
        size_t some = count - first < AT_A_TIME ? count - first : AT_A_TIME;
        parallel_for(some, write_piece, &pieces);
        for (size_t i = 0; i < some; i++) {
            text_add_bytes(text, pieces.items[i].data, pieces.items[i].size);
            text_free(&pieces.items[i]);
        }
    }
}
