/* Files written with holes: created at their full size, then filled only where there is content. */
#ifndef MAKE_MACHO_OUTPUT_H
#define MAKE_MACHO_OUTPUT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output {
    const char *path; /* the caller's, and used until output_close */
    int descriptor;
};

/* Makes `path` a new, executable file of `size` bytes, all of them a hole; a file of that name is
 * unlinked first, so that its other names keep their content. Missing folders are made.
 * Errors: ERROR_IO naming `path`. */
bool output_create(const char *path, uint64_t size, struct output *output, struct error *error);
bool output_write(const struct output *output, uint64_t offset, const void *data, size_t size,
                  struct error *error);
/* Closes the file; what was not written successfully (`good` is false, or closing fails) is
 * removed. Returns whether there is a good file; *error is set only when closing failed. */
bool output_close(struct output *output, bool good, struct error *error);

/* Makes a folder and those above it. */
bool folder_make(const char *path, struct error *error);

/* One of several places of a file that grow at the same time. */
struct stream {
    const struct output *output;
    uint64_t offset;     /* of the next byte to be written to the file */
    uint8_t *data;       /* owned until stream_end */
    size_t used;         /* bytes of `data` waiting */
    bool failed;         /* the rest is dropped, and stream_end says so */
    struct error *error; /* the caller's */
};

struct stream stream_begin(const struct output *output, uint64_t offset, struct error *error);
void stream_add(struct stream *stream, const void *data, size_t size);
/* Writes what waits and releases the stream. False when any write failed; *error tells why. */
bool stream_end(struct stream *stream);

#endif
