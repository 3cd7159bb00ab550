#include "commit/early_copy.h"

#include "base/file_difference.h"

#include <inttypes.h>

enum { PIECE = 1 << 20 }; /* bytes: two of them stay in a processor's cache */

/* --- copy --- */

static bool copy_piece(struct early_copy *copy, uint64_t at, struct error *error) {
    uint64_t size = copy->wanted - at < PIECE ? copy->wanted - at : PIECE;
    return atomic_file_copy(&copy->file, at, copy->old, at, size, error);
}

static void copied(struct early_copy *copy, uint64_t upto, const struct error *error) {
    pthread_mutex_lock(&copy->lock);
    copy->copied = upto;
    copy->is_ended = error != NULL || upto == copy->wanted;
    if (error != NULL)
        copy->error = *error;
    pthread_cond_broadcast(&copy->more);
    pthread_mutex_unlock(&copy->lock);
}

static void copy_pieces(struct early_copy *copy) {
    for (uint64_t at = 0; at < copy->wanted;) {
        struct error error;
        if (!copy_piece(copy, at, &error)) {
            copied(copy, at, &error);
            return;
        }
        at += copy->wanted - at < PIECE ? copy->wanted - at : PIECE;
        copied(copy, at, NULL);
    }
}

/* --- read back --- */

/* The next piece that was copied; waits for it. False when there is none left to wait for. */
static bool take_piece(struct early_copy *copy, struct file_range *piece) {
    pthread_mutex_lock(&copy->lock);
    while (!copy->is_ended && copy->read_back == copy->copied)
        pthread_cond_wait(&copy->more, &copy->lock);
    piece->start = copy->read_back;
    piece->end = copy->copied - piece->start < PIECE ? copy->copied : piece->start + PIECE;
    copy->read_back = piece->end;
    bool is_left = piece->start != piece->end && copy->error.kind == ERROR_NONE;
    pthread_mutex_unlock(&copy->lock);
    return is_left;
}

static bool is_same(const struct early_copy *copy, const struct file_range *piece,
                    struct error *error) {
    const struct file_place old = {copy->old, piece->start};
    const struct file_place new = {&copy->file.file, piece->start};
    struct file_difference difference;
    if (!file_difference_find(&old, &new, piece->end - piece->start, &difference, error))
        return false;
    return !difference.found ||
           error_io(error, "", "byte 0x%" PRIx64 " was written as 0x%02x and reads back as 0x%02x",
                    piece->start + difference.offset, difference.old, difference.new);
}

static void read_pieces_back(struct early_copy *copy) {
    struct file_range piece;
    struct error error;
    while (take_piece(copy, &piece))
        if (!is_same(copy, &piece, &error)) {
            pthread_mutex_lock(&copy->lock);
            copy->error = error;
            pthread_mutex_unlock(&copy->lock);
        }
}

/* --- both --- */

static void copy_start(void *context) {
    struct early_copy *copy = context;
    copy_pieces(copy);
    if (copy->reads_back)
        read_pieces_back(copy);
}

void early_copy_begin(struct early_copy *copy, const struct file *old, uint64_t size,
                      const char *target, bool no_sync, bool reads_back) {
    *copy =
        (struct early_copy){.old = old, .wanted = size, .target = target, .reads_back = reads_back};
    pthread_mutex_init(&copy->lock, NULL);
    pthread_cond_init(&copy->more, NULL);
    copy->is_ended = size == 0;
    if (path_look(target) == PATH_OTHER)
        error_io(&copy->error, target, "cannot write: not a regular file");
    else
        copy->is_made = atomic_file_make(target, &copy->file, &copy->error);
    copy->file.no_sync = no_sync;
    if (copy->is_made && size != 0)
        background_begin(&copy->copying, copy_start, copy);
}

/* What was not read back for an error is not used. */
static void wait_and_help(struct early_copy *copy) {
    if (copy->is_made && copy->reads_back)
        read_pieces_back(copy);
    background_end(&copy->copying);
    pthread_mutex_destroy(&copy->lock);
    pthread_cond_destroy(&copy->more);
    copy->size = copy->copied;
    if (copy->reads_back)
        copy->file.proven = (struct file_range){0, copy->size};
}

bool early_copy_end(struct early_copy *copy, bool wanted, struct error *error) {
    wait_and_help(copy);
    if (wanted && copy->error.kind == ERROR_NONE)
        return true;
    if (copy->is_made)
        atomic_file_discard(&copy->file);
    if (!wanted)
        return false;
    *error = copy->error;
    return error_in_file(error, copy->target);
}
