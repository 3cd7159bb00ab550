#include "base/file_digest.h"

#include "base/memory.h"
#include "base/parallel.h"

#include <stdlib.h>

enum { PIECE = 1 << 20 };

struct pieces {
    const struct file *file;
    uint8_t (*digests)[SHA256_SIZE]; /* one a piece */
    struct error *errors;            /* likewise */
};

static void digest_piece(void *context, size_t i) {
    const struct pieces *work = context;
    uint64_t at = (uint64_t)i * PIECE, left = work->file->size - at;
    size_t size = left < PIECE ? (size_t)left : PIECE;
    uint8_t *buffer = malloc(PIECE);
    if (buffer == NULL)
        out_of_memory();
    if (file_read(work->file, at, buffer, size, &work->errors[i]))
        digest(DIGEST_SHA256, (struct bytes){buffer, size}, work->digests[i]);
    free(buffer);
}

bool file_digest(const struct file *file, uint8_t target[SHA256_SIZE], struct error *error) {
    size_t count = (size_t)((file->size + PIECE - 1) / PIECE);
    struct pieces work = {file, memory_zeros(count, SHA256_SIZE),
                          memory_zeros(count, sizeof(struct error))};
    bool done = true;
    parallel_for(count, digest_piece, &work);
    for (size_t i = 0; i < count && done; i++)
        if (work.errors[i].kind != ERROR_NONE) {
            *error = work.errors[i];
            done = false;
        }
    if (done)
        digest(DIGEST_SHA256, (struct bytes){work.digests[0], count * SHA256_SIZE}, target);
    free(work.digests);
    free(work.errors);
    return done;
}

bool file_digest_at(const char *path, uint8_t target[SHA256_SIZE], struct error *error) {
    struct file file;
    if (!file_open(path, &file, error))
        return false;
    bool done = file_digest(&file, target, error) || error_in_file(error, path);
    file_close(&file);
    return done;
}
