/* mkstemp and fchmod were XSI. */
#define _XOPEN_SOURCE 700
#include "base/output.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_LINKS = 40, PERMISSIONS = 0777 };

bool output_is_standard(const char *path) {
    return path != NULL && strcmp(path, "-") == 0;
}

/* Whether `path` is a regular file that holds exactly these bytes. */
static bool holds(const char *path, struct bytes bytes) {
    struct arena scratch = {0};
    struct error ignored;
    char *old;
    size_t old_size;
    bool same = file_read_all(&scratch, path, bytes.size, &old, &old_size, &ignored) &&
                old_size == bytes.size && memcmp(old, bytes.data, old_size) == 0;
    arena_free(&scratch);
    return same;
}

static bool write_all(int descriptor, struct bytes bytes) {
    while (bytes.size != 0) {
        ssize_t count = write(descriptor, bytes.data, bytes.size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        bytes.data += count;
        bytes.size -= (size_t)count;
    }
    return true;
}

/* The descriptor that a path of this form names; -1 for other paths. */
static int descriptor_named(const char *path) {
    static const struct {
        const char *path;
        int descriptor;
    } names[] = {
        {"-", STDOUT_FILENO}, {"/dev/stdout", STDOUT_FILENO}, {"/dev/stderr", STDERR_FILENO}};
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(path, names[i].path) == 0)
            return names[i].descriptor;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        const char *number = path + strlen(folders[i]);
        if (strncmp(path, folders[i], strlen(folders[i])) == 0 && *number != '\0' &&
            strlen(number) < 7 && strspn(number, "0123456789") == strlen(number))
            return atoi(number);
    }
    return -1;
}

/* Follows symbolic links to what is there or to be made, or to the name of a descriptor, which
 * then is in *descriptor; NULL and ELOOP for a circle. */
static const char *follow(struct arena *arena, const char *path, int *descriptor) {
    for (int i = 0; i < MOST_LINKS; i++) {
        *descriptor = descriptor_named(path);
        if (*descriptor >= 0 || path_look(path) != PATH_LINK)
            return path;
        const char *target = path_link_target(arena, path);
        if (target == NULL)
            return path;
        path = target;
    }
    errno = ELOOP;
    return NULL;
}

/* Closes it and tells whether all was well; errno is that of the first failure. close can report
 * what a write put off, so it counts too. */
static bool close_written(int descriptor, bool written) {
    int reason = errno;
    bool closed = close(descriptor) == 0;
    if (!written)
        errno = reason;
    return written && closed;
}

/* No O_CREAT: what was there and is gone must not become a file. */
static bool write_into(const char *path, struct bytes bytes) {
    int descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return descriptor >= 0 && close_written(descriptor, write_all(descriptor, bytes));
}

static bool write_to_descriptor(int descriptor, struct bytes bytes) {
    return (descriptor != STDOUT_FILENO || fflush(stdout) == 0) && write_all(descriptor, bytes);
}

/* mkstemp makes files private; a report is as readable as any other output of a build. */
static mode_t usual_mode(void) {
    mode_t mask = umask(0);
    umask(mask);
    return (mode_t)(0666 & ~mask);
}

/* The name is short: that of the file may be as long as the file system takes. */
static bool replace(struct arena *scratch, const char *path, mode_t mode, struct bytes bytes) {
    const char *folder = path_folder(scratch, path);
    char *temporary = arena_format(scratch, "%s/.vafit-XXXXXX", folder);
    if (!file_make_folders(scratch, folder))
        return false;
    int descriptor = mkstemp(temporary);
    if (descriptor < 0)
        return false;
    bool written =
        write_all(descriptor, bytes) && fchmod(descriptor, mode) == 0 && fsync(descriptor) == 0;
    if (close_written(descriptor, written) && rename(temporary, path) == 0)
        return true;
    int reason = errno;
    unlink(temporary);
    errno = reason;
    return false;
}

/* errno says what failed. */
static bool put(struct arena *scratch, const char *path, struct bytes bytes) {
    struct stat status;
    int descriptor;
    const char *end = follow(scratch, path, &descriptor);
    if (end == NULL)
        return false;
    if (descriptor >= 0)
        return write_to_descriptor(descriptor, bytes);
    bool exists = stat(end, &status) == 0;
    if (exists && !S_ISREG(status.st_mode))
        return write_into(end, bytes);
    return (exists && holds(end, bytes)) ||
           replace(scratch, end, exists ? status.st_mode & PERMISSIONS : usual_mode(), bytes);
}

bool output_put(const char *path, const void *data, size_t size, struct error *error) {
    struct arena scratch = {0};
    bool written = put(&scratch, path, (struct bytes){data, size});
    if (!written)
        error_errno(error, output_is_standard(path) ? "standard output" : path, "cannot write");
    arena_free(&scratch);
    return written;
}

bool output_is_stream(const char *path) {
    struct arena scratch = {0};
    struct stat status;
    int descriptor;
    const char *end = follow(&scratch, path, &descriptor);
    bool is = end != NULL &&
              (descriptor >= 0 ||
               (stat(end, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)));
    arena_free(&scratch);
    return is;
}

bool output_replaces(const char *path) {
    struct arena scratch = {0};
    struct stat status;
    int descriptor;
    const char *end = follow(&scratch, path, &descriptor);
    bool replaces = end == NULL;
    if (end != NULL && descriptor < 0)
        replaces = stat(end, &status) == 0 ? S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)
                                           : errno != ENOENT && errno != ENOTDIR;
    arena_free(&scratch);
    return replaces;
}

bool output_collides(const char *a, const char *b) {
    struct arena scratch = {0};
    bool same = a != NULL && b != NULL && !output_is_stream(a) &&
                strcmp(path_tidy(&scratch, a), path_tidy(&scratch, b)) == 0;
    arena_free(&scratch);
    return same;
}
