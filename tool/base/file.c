/* realpath is XSI. */
#define _XOPEN_SOURCE 700
#include "base/file.h"

#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static enum path_kind kind_of(const struct stat *status) {
    if (S_ISLNK(status->st_mode))
        return PATH_LINK;
    return S_ISREG(status->st_mode) ? PATH_FILE : PATH_OTHER;
}

enum path_kind path_look(const char *path) {
    struct stat status;
    if (lstat(path, &status) == 0)
        return kind_of(&status);
    return errno == EACCES ? PATH_CLOSED : PATH_ABSENT;
}

bool path_is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

char *path_link_target(struct arena *arena, const char *path) {
    char target[PATH_MAX];
    ssize_t size = readlink(path, target, sizeof target - 1);
    if (size < 0)
        return NULL;
    target[size] = '\0';
    if (target[0] == '/')
        return arena_string(arena, target);
    return path_join(arena, path_folder(arena, path), target);
}

#ifdef __APPLE__
#define MODIFIED st_mtimespec
#else
#define MODIFIED st_mtim
#endif

static struct file_stamp stamp_of(const struct stat *status) {
    return (struct file_stamp){
        .identity = {(uint64_t)status->st_dev, (uint64_t)status->st_ino},
        .size = (uint64_t)status->st_size,
        .modified = (uint64_t)status->MODIFIED.tv_sec * UINT64_C(1000000000) +
                    (uint64_t)status->MODIFIED.tv_nsec,
    };
}

bool file_stamp(const char *path, struct file_stamp *stamp) {
    struct stat status;
    if (stat(path, &status) != 0)
        return false;
    *stamp = stamp_of(&status);
    return true;
}

bool file_own_stamp(const char *path, struct file_stamp *stamp) {
    struct stat status;
    if (lstat(path, &status) != 0)
        return false;
    *stamp = stamp_of(&status);
    return true;
}

struct file_stamp file_stamp_of(const struct file *file) {
    return (struct file_stamp){file->identity, file->size, file->modified};
}

bool file_identity_same(const struct file_identity *a, const struct file_identity *b) {
    return a->device == b->device && a->inode == b->inode;
}

bool file_stamp_same(const struct file_stamp *a, const struct file_stamp *b) {
    return file_identity_same(&a->identity, &b->identity) && a->size == b->size &&
           a->modified == b->modified;
}

bool file_stamp_holds(const struct file_stamp *stamp, const char *path) {
    struct file_stamp now;
    return file_stamp(path, &now) && file_stamp_same(stamp, &now);
}

bool file_stamp_is_fresh(const struct file_stamp *stamp) {
    static const uint64_t second = 1000000000, step = 20000000;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return true;
    uint64_t time = (uint64_t)now.tv_sec * second + (uint64_t)now.tv_nsec;
    return time <= stamp->modified + (stamp->modified % second == 0 ? 2 * second : step);
}

char *file_absolute(struct arena *arena, const char *path) {
    char folder[PATH_MAX];
    if (realpath(path_folder(arena, path), folder) == NULL)
        return arena_string(arena, path);
    return path_join(arena, folder, path_leaf(path));
}

char *file_real(struct arena *arena, const char *path) {
    char real[PATH_MAX];
    return arena_string(arena, realpath(path, real) == NULL ? path : real);
}

static int by_name(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

bool file_list_folder(struct arena *arena, const char *folder, size_t most,
                      struct string_list *names) {
    size_t first = names->count;
    DIR *stream = opendir(folder);
    if (stream == NULL)
        return false;
    struct dirent *entry;
    while (names->count - first < most && (entry = readdir(stream)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            *vector_push(arena, names) = arena_string(arena, entry->d_name);
    closedir(stream);
    if (names->count != first)
        qsort(names->items + first, names->count - first, sizeof *names->items, by_name);
    return names->count - first < most;
}

static bool leads_to(const char *path, const char *target) {
    char found[PATH_MAX];
    ssize_t size = readlink(path, found, sizeof found);
    return size >= 0 && (size_t)size == strlen(target) && memcmp(found, target, (size_t)size) == 0;
}

bool file_link(const char *target, const char *path, bool *is_new, struct error *error) {
    enum path_kind kind = path_look(path);
    *is_new = kind == PATH_ABSENT;
    if (kind == PATH_LINK && leads_to(path, target))
        return true;
    if (kind == PATH_LINK && unlink(path) != 0)
        return error_errno(error, path, "cannot write");
    return symlink(target, path) == 0 || error_errno(error, path, "cannot write");
}

const char *path_followed(struct arena *arena, const char *path) {
    enum { MOST_LINKS = 32 };
    const char *end = path;
    for (int i = 0; i < MOST_LINKS && end != NULL; i++) {
        if (path_look(end) != PATH_LINK)
            return end;
        end = path_link_target(arena, end);
    }
    return path;
}

/* O_NONBLOCK: a FIFO at `path` must not hang the open. */
enum { READING = O_RDONLY | O_CLOEXEC | O_NONBLOCK };

/* Looks at what was opened; anything but a regular file is closed again. */
static enum path_kind take_status(const char *path, struct file *file, struct error *error) {
    struct stat status;
    enum path_kind kind = PATH_CLOSED;
    if (fstat(file->descriptor, &status) != 0)
        error_errno(error, path, "cannot read its status");
    else
        kind = kind_of(&status);
    if (kind != PATH_FILE) {
        file_close(file);
        return kind;
    }
    struct file_stamp stamp = stamp_of(&status);
    file->size = stamp.size;
    file->identity = stamp.identity;
    file->modified = stamp.modified;
    file->names = (uint64_t)status.st_nlink;
    return PATH_FILE;
}

bool file_open(const char *path, struct file *file, struct error *error) {
    *file = (struct file){.descriptor = open(path, READING)};
    if (file->descriptor < 0)
        return error_errno(error, path, "cannot open");
    enum path_kind kind = take_status(path, file, error);
    if (kind == PATH_OTHER)
        error_io(error, path, "cannot open: not a regular file");
    return kind == PATH_FILE;
}

enum path_kind file_open_unlinked(const char *path, struct file *file, struct error *error) {
    file->descriptor = open(path, READING | O_NOFOLLOW);
    if (file->descriptor >= 0)
        return take_status(path, file, error);
    error_errno(error, path, "cannot open");
    enum path_kind kind = path_look(path);
    return kind == PATH_FILE ? PATH_CLOSED : kind;
}

bool file_same(const struct file *a, const struct file *b) {
    return file_identity_same(&a->identity, &b->identity);
}

bool file_read(const struct file *file, uint64_t offset, void *buffer, size_t size,
               struct error *error) {
    char *target = buffer;
    while (size != 0) {
        ssize_t count = pread(file->descriptor, target, size, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_errno(error, "", "cannot read");
        if (count == 0)
            return error_io(error, "", "cannot read: the file became shorter while it was read");
        target += count;
        offset += (uint64_t)count;
        size -= (size_t)count;
    }
    return true;
}

static bool same_bytes(const struct file *a, const struct file *b) {
    enum { WINDOW = 64 << 10 };
    uint8_t left[WINDOW], right[WINDOW];
    struct error ignored;
    bool same = a->size == b->size;
    for (uint64_t at = 0; same && at < a->size; at += WINDOW) {
        size_t size = a->size - at < WINDOW ? (size_t)(a->size - at) : WINDOW;
        same = file_read(a, at, left, size, &ignored) && file_read(b, at, right, size, &ignored) &&
               memcmp(left, right, size) == 0;
    }
    return same;
}

bool file_holds(const char *path, const struct file *file) {
    struct file other;
    struct error ignored;
    if (file_open_unlinked(path, &other, &ignored) != PATH_FILE)
        return false;
    bool same = same_bytes(&other, file);
    file_close(&other);
    return same;
}

void file_close(struct file *file) {
    if (file->descriptor >= 0)
        close(file->descriptor);
    file->descriptor = -1;
}

bool file_remove(const char *path, struct error *error) {
    enum path_kind kind = path_look(path);
    if (kind != PATH_FILE && kind != PATH_LINK)
        return true;
    return unlink(path) == 0 || errno == ENOENT || error_errno(error, path, "cannot remove");
}

bool file_sync_folder(const char *folder) {
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return errno == EACCES;
    bool synced = fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP;
    int why = errno;
    close(descriptor);
    errno = why;
    return synced;
}

size_t file_open_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 128;
    rlim_t wanted = limit.rlim_max < 65536 ? limit.rlim_max : 65536;
    if (limit.rlim_cur < wanted) {
        struct rlimit raised = {wanted, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    return limit.rlim_cur > 64 ? (size_t)limit.rlim_cur - 64 : 0;
}

bool file_read_all(struct arena *arena, const char *path, size_t limit, char **data, size_t *size,
                   struct error *error) {
    struct file file;
    if (!file_open(path, &file, error))
        return false;
    bool read = false;
    if (file.size > limit) {
        error_io(error, path, "cannot read: it is larger than %zu bytes", limit);
    } else {
        *size = (size_t)file.size;
        *data = arena_take(arena, *size + 1);
        read = file_read(&file, 0, *data, *size, error) || error_in_file(error, path);
    }
    file_close(&file);
    return read;
}

bool file_read_input(struct arena *arena, size_t limit, char **data, size_t *size,
                     struct error *error) {
    struct {
        char *items;
        size_t count;
        size_t capacity;
    } input = {0};
    char block[4096];
    size_t read;
    while ((read = fread(block, 1, sizeof block, stdin)) != 0) {
        if (read > limit - input.count)
            return error_io(error, "standard input", "cannot read: it is larger than %zu bytes",
                            limit);
        for (size_t i = 0; i < read; i++)
            *vector_push(arena, &input) = block[i];
    }
    if (ferror(stdin))
        return error_errno(error, "standard input", "cannot read");
    *vector_push(arena, &input) = '\0';
    *data = input.items;
    *size = input.count - 1;
    return true;
}

static const char *temporary_folder(void) {
    const char *base = getenv("TMPDIR");
    return base == NULL || *base == '\0' ? "/tmp" : base;
}

bool file_make_unnamed(struct file *file, struct error *error) {
    struct arena scratch = {0};
    const char *base = temporary_folder();
    char *path = path_join(&scratch, base, "vafit.XXXXXX");
    *file = (struct file){.descriptor = mkstemp(path)};
    bool made = file->descriptor >= 0 && unlink(path) == 0 &&
                fcntl(file->descriptor, F_SETFD, FD_CLOEXEC) == 0;
    if (!made) {
        error_errno(error, base, "cannot make a file there");
        file_close(file);
    }
    arena_free(&scratch);
    return made;
}

bool file_again(const struct file *open, struct file *file, struct error *error) {
    *file = (struct file){.descriptor = fcntl(open->descriptor, F_DUPFD_CLOEXEC, 0)};
    if (file->descriptor < 0)
        return error_errno(error, "", "cannot open it again");
    return take_status("", file, error) == PATH_FILE;
}

char *file_make_temporary_folder(struct arena *arena, struct error *error) {
    const char *base = temporary_folder();
    char *folder = path_join(arena, base, "vafit.XXXXXX");
    if (mkdtemp(folder) != NULL)
        return folder;
    error_errno(error, base, "cannot make a folder there");
    return NULL;
}

bool file_make_folders(struct arena *arena, const char *folder) {
    if (mkdir(folder, 0777) == 0 || errno == EEXIST)
        return true;
    if (errno != ENOENT)
        return false;
    const char *parent = path_folder(arena, folder);
    return strcmp(parent, folder) != 0 && file_make_folders(arena, parent) &&
           (mkdir(folder, 0777) == 0 || errno == EEXIST);
}

/* --- locks --- */

void file_wait_for_look(void) {
    const struct timespec wait = {.tv_nsec = 5 * 1000 * 1000};
    nanosleep(&wait, NULL);
}

bool file_lock(int descriptor, int lock) {
    for (int i = 0; i < FILE_LOOKS; i++) {
        if (flock(descriptor, lock | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        file_wait_for_look();
    }
    return false;
}
