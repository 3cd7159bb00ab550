#include "output.h"

#include "base/arena.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STREAM_SIZE = 256 * 1024 };

static bool make_folders(struct arena *arena, const char *path) {
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    const char *parent = path_folder(arena, path);
    return errno == ENOENT && strcmp(parent, path) != 0 && make_folders(arena, parent) &&
           (mkdir(path, 0777) == 0 || errno == EEXIST);
}

bool folder_make(const char *path, struct error *error) {
    struct arena arena = {0};
    bool made = make_folders(&arena, path) || error_errno(error, path, "cannot make the folder");
    arena_free(&arena);
    return made;
}

static bool make_parent(const char *path, struct error *error) {
    struct arena arena = {0};
    bool made = folder_make(path_folder(&arena, path), error);
    arena_free(&arena);
    return made;
}

bool output_create(const char *path, uint64_t size, struct output *output, struct error *error) {
    if (!make_parent(path, error))
        return false;
    if (unlink(path) != 0 && errno != ENOENT)
        return error_errno(error, path, "cannot replace");
    output->path = path;
    output->descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0777);
    if (output->descriptor < 0)
        return error_errno(error, path, "cannot create");
    if (ftruncate(output->descriptor, (off_t)size) == 0)
        return true;
    error_errno(error, path, "cannot make it as large as needed");
    return output_close(output, false, error);
}

bool output_write(const struct output *output, uint64_t offset, const void *data, size_t size,
                  struct error *error) {
    const char *source = data;
    while (size != 0) {
        ssize_t count = pwrite(output->descriptor, source, size, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_errno(error, output->path, "cannot write");
        source += count;
        offset += (uint64_t)count;
        size -= (size_t)count;
    }
    return true;
}

bool output_close(struct output *output, bool good, struct error *error) {
    if (close(output->descriptor) != 0 && good)
        good = error_errno(error, output->path, "cannot write");
    if (!good)
        unlink(output->path);
    return good;
}

struct stream stream_begin(const struct output *output, uint64_t offset, struct error *error) {
    struct stream stream = {.output = output, .offset = offset, .error = error};
    stream.data = malloc(STREAM_SIZE);
    if (stream.data == NULL)
        out_of_memory();
    return stream;
}

static void flush(struct stream *stream) {
    if (!stream->failed)
        stream->failed = !output_write(stream->output, stream->offset, stream->data, stream->used,
                                       stream->error);
    stream->offset += stream->used;
    stream->used = 0;
}

void stream_add(struct stream *stream, const void *data, size_t size) {
    const uint8_t *source = data;
    while (size != 0) {
        size_t part = STREAM_SIZE - stream->used;
        if (part > size)
            part = size;
        memcpy(stream->data + stream->used, source, part);
        stream->used += part;
        source += part;
        size -= part;
        if (stream->used == STREAM_SIZE)
            flush(stream);
    }
}

bool stream_end(struct stream *stream) {
    flush(stream);
    free(stream->data);
    stream->data = NULL;
    return !stream->failed;
}
