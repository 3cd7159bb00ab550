/* copy_file_range is Linux's own. */
#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "base/atomic_file.h"

#include "base/bytes.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/fs.h>
#include <sys/ioctl.h>
#endif

#ifdef __APPLE__
#define ACCESSED st_atimespec
#define MODIFIED st_mtimespec
#else
#define ACCESSED st_atim
#define MODIFIED st_mtim
#endif

/* How often a name is tried that other runs are in the way of. */
enum { TRIES = 10 };

/* Whether the file that was opened still has the name. */
static bool has_name(int descriptor, const char *path) {
    struct stat opened, named;
    return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

static bool being_written(const struct atomic_file *file, const char *target, struct error *error) {
    return error_io(error, target, "cannot write: another run is writing %s", file->path);
}

/* While there is a journal, what has the name may be all that is left of a file. One that cannot be
 * opened is one too. */
static bool has_journal(const struct atomic_file *file, const char *target, struct error *error) {
    struct arena scratch = {0};
    int descriptor = open(atomic_file_journal(&scratch, target), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool is_absent = descriptor < 0 && (errno == ENOENT || errno == ENOTDIR);
    arena_free(&scratch);
    if (is_absent)
        return false;
    if (descriptor >= 0 && !file_lock(descriptor, LOCK_EX))
        being_written(file, target, error);
    else
        error_io(error, target,
                 "cannot write: a run that replaces it was cut off; run it again first");
    if (descriptor >= 0)
        close(descriptor);
    return true;
}

/* Whether a run that is not at its end has let its new file take the target's name, where it still
 * holds the lock: what has the other name then is what it may have to give back. `left` is that,
 * locked by us. */
static bool is_held(int left, const char *target) {
    int descriptor = open(target, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool held = descriptor >= 0 && !has_name(left, target) &&
                flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (descriptor >= 0)
        close(descriptor);
    return held;
}

/* An old file that was about to get the name that is swept; only where names cannot be exchanged.
 */
static void remove_kept(const struct atomic_file *file) {
    char old[NEW_FILE_KEPT_SIZE];
    atomic_file_kept(file, old);
    unlink(old);
}

/* Step sweep: takes the name from what an ended run left. Whoever holds the lock of a file may take
 * its name away, and nobody else, so that no two runs take each other's. */
static bool remove_left(const struct atomic_file *file, const char *target, struct error *error) {
    int descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0)
        return errno == ENOENT || errno == ENOTDIR || error_errno(error, target, "cannot write");
    struct stat status;
    bool removed = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    if (!removed)
        error_io(error, target, "cannot write: %s is there, and is not a regular file", file->path);
    else if (!file_lock(descriptor, LOCK_EX) || is_held(descriptor, target))
        removed = being_written(file, target, error);
    else if (has_journal(file, target, error))
        removed = false;
    else if (has_name(descriptor, file->path)) {
        remove_kept(file);
        removed = unlink(file->path) == 0 || error_errno(error, target, "cannot write");
    }
    close(descriptor);
    return removed;
}

/* Whether the file was made and locked before another run took it for one that an ended run left.
 */
static bool is_ours(int descriptor, const char *path) {
    return file_lock(descriptor, LOCK_EX) && has_name(descriptor, path);
}

/* A journal that was written meanwhile, or of which nothing is left but itself: then nothing may be
 * written under this name, since whoever resumes would take it for a file that was linked. The new
 * file is still empty. */
static bool has_no_journal(struct atomic_file *file, const char *target, struct error *error) {
    if (!has_journal(file, target, error))
        return true;
    atomic_file_discard(file);
    return false;
}

/* Step make: makes the file and locks it, so that what a killed run left is told from what another
 * is writing. */
static bool open_locked(struct atomic_file *file, const char *target, struct error *error) {
    for (int i = 0; i < TRIES; i++) {
        int descriptor = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        file->file.descriptor = descriptor;
        if (descriptor >= 0 && is_ours(descriptor, file->path))
            return has_no_journal(file, target, error);
        if (descriptor < 0 && errno != EEXIST)
            return error_errno(error, target, "cannot write");
        file_close(&file->file);
        if (!remove_left(file, target, error))
            return false;
    }
    return error_io(error, target, "cannot write: other runs are in the way");
}

static bool name_file(const char *target, struct atomic_file *file, struct error *error) {
    int size = snprintf(file->path, sizeof file->path, "%s" NEW_FILE_ENDING, target);
    file->file = (struct file){.descriptor = -1};
    file->no_sync = false;
    file->proven = (struct file_range){0, 0};
    return (size >= 0 && (size_t)size < sizeof file->path) ||
           error_io(error, target, "cannot write: the path is too long");
}

char *atomic_file_journal(struct arena *arena, const char *target) {
    return arena_format(arena, "%s.vafit-journal", target);
}

bool atomic_file_make(const char *target, struct atomic_file *file, struct error *error) {
    struct arena scratch = {0};
    if (!name_file(target, file, error))
        return false;
    if (path_look(target) == PATH_OTHER)
        return error_io(error, target, "cannot write: not a regular file");
    bool has_folder = file_make_folders(&scratch, path_folder(&scratch, target));
    arena_free(&scratch);
    if (!has_folder)
        return error_errno(error, target, "cannot write");
    return open_locked(file, target, error);
}

void atomic_file_kept(const struct atomic_file *file, char path[NEW_FILE_KEPT_SIZE]) {
    snprintf(path, NEW_FILE_KEPT_SIZE, "%s-old", file->path);
}

/* Locked before it has the name, and the former only given up after that, so that the name is
 * never free for another run. */
bool atomic_file_become(struct atomic_file *file, const char *path, struct error *error) {
    struct file other;
    file->proven = (struct file_range){0, 0};
    if (!file_open(path, &other, error))
        return false;
    bool is_same = has_name(file->file.descriptor, path);
    bool done = is_same || file_lock(other.descriptor, LOCK_EX) ||
                error_errno(error, path, "cannot be locked");
    if (done && rename(path, file->path) != 0)
        done = error_errno(error, path, "cannot be moved");
    if (done && !is_same) {
        file_close(&file->file);
        file->file = other;
        return true;
    }
    if (done)
        file->file.size = other.size;
    file_close(&other);
    return done;
}

bool atomic_file_sweep(const char *target, struct error *error) {
    struct atomic_file file;
    return name_file(target, &file, error) && remove_left(&file, target, error);
}

bool atomic_file_find(const char *target, struct atomic_file *file, bool *is_left,
                      struct error *error) {
    if (!name_file(target, file, error))
        return false;
    file->file.descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    *is_left = file->file.descriptor >= 0;
    if (!*is_left)
        return errno == ENOENT || error_errno(error, target, "cannot write");
    if (file_lock(file->file.descriptor, LOCK_EX))
        return true;
    file_close(&file->file);
    return being_written(file, target, error);
}

/* Leaves of what was proven the longer end. */
static void unprove(struct file_range *proven, uint64_t start, uint64_t end) {
    if (end <= proven->start || proven->end <= start)
        return;
    if (start > proven->start && (end >= proven->end || start - proven->start >= proven->end - end))
        proven->end = start;
    else
        proven->start = end < proven->end ? end : proven->end;
}

bool atomic_file_write(struct atomic_file *file, uint64_t offset, const void *data, size_t size,
                       struct error *error) {
    const char *source = data;
    unprove(&file->proven, offset, offset + size);
    while (size != 0) {
        ssize_t count = pwrite(file->file.descriptor, source, size, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_errno(error, "", "cannot write");
        source += count;
        offset += (uint64_t)count;
        size -= (size_t)count;
        if (offset > file->file.size)
            file->file.size = offset;
    }
    return true;
}

#ifdef __linux__
/* The end of the data that begins at `offset` or after it, below `end`; *start is where it begins.
 * What lies before is a hole, which stays one. */
static uint64_t next_data(const struct file *from, uint64_t offset, uint64_t end, uint64_t *start) {
    off_t data = lseek(from->descriptor, (off_t)offset, SEEK_DATA);
    if (data < 0)
        *start = errno == ENXIO ? end : offset;
    else
        *start = (uint64_t)data < end ? (uint64_t)data : end;
    off_t hole = lseek(from->descriptor, (off_t)*start, SEEK_HOLE);
    return hole < 0 || (uint64_t)hole > end ? end : (uint64_t)hole;
}

/* Lets the disk begin with what was written while the rest is made; atomic_file_finish waits for
 * it. Only a hint, so that its failure is none. */
static void start_writing(const struct atomic_file *file, uint64_t offset, uint64_t size) {
    if (!file->no_sync)
        sync_file_range(file->file.descriptor, (off_t)offset, (off_t)size, SYNC_FILE_RANGE_WRITE);
}

/* Shares the blocks of one range; false where the file system does not, or where the range does
 * not begin and end with blocks. */
static bool share_blocks(const struct atomic_file *file, uint64_t offset, const struct file *from,
                         uint64_t from_offset, uint64_t size) {
    struct file_clone_range range = {from->descriptor, from_offset, size, offset};
    return ioctl(file->file.descriptor, FICLONERANGE, &range) == 0;
}

/* Copies one range of data; false when the kernel does not copy between these files. Room is
 * taken first: that makes the copying faster, and a full disk shows at once. */
static bool copy_range(const struct atomic_file *file, uint64_t offset, const struct file *from,
                       uint64_t from_offset, uint64_t size) {
    static const uint64_t piece = 16 << 20;
    off_t in = (off_t)from_offset, out = (off_t)offset;
    if (size == 0 || share_blocks(file, offset, from, from_offset, size))
        return true;
    if (fallocate(file->file.descriptor, 0, out, (off_t)size) != 0 && errno == ENOSPC)
        return false;
    while (size != 0) {
        ssize_t count = copy_file_range(from->descriptor, &in, file->file.descriptor, &out,
                                        (size_t)(size < piece ? size : piece), 0);
        if (count <= 0)
            return false;
        start_writing(file, (uint64_t)(out - count), (uint64_t)count);
        size -= (uint64_t)count;
    }
    return true;
}

/* As much as the kernel copies by itself; the rest is for the loop that reads and writes. */
static uint64_t copy_by_kernel(struct atomic_file *file, uint64_t offset, const struct file *from,
                               uint64_t from_offset, uint64_t size) {
    uint64_t done = 0;
    while (done < size) {
        uint64_t start;
        uint64_t end = next_data(from, from_offset + done, from_offset + size, &start);
        if (!copy_range(file, offset + (start - from_offset), from, start, end - start))
            break;
        done = end - from_offset;
    }
    if (offset + done > file->file.size)
        file->file.size = offset + done;
    return done;
}
#else
static uint64_t copy_by_kernel(struct atomic_file *file, uint64_t offset, const struct file *from,
                               uint64_t from_offset, uint64_t size) {
    (void)file, (void)offset, (void)from, (void)from_offset, (void)size;
    return 0;
}
#endif

/* A copy that ends in a hole has no byte there that would give it its size. */
static bool has_whole_size(const struct atomic_file *file, struct error *error) {
    struct stat status;
    return (fstat(file->file.descriptor, &status) == 0 &&
            ((uint64_t)status.st_size >= file->file.size ||
             ftruncate(file->file.descriptor, (off_t)file->file.size) == 0)) ||
           error_errno(error, "", "cannot write");
}

bool atomic_file_copy(struct atomic_file *file, uint64_t offset, const struct file *from,
                      uint64_t from_offset, uint64_t size, struct error *error) {
    static const size_t piece = 1 << 20;
    if (!range_within(from_offset, size, from->size))
        return error_io(error, "", "cannot read: the file became shorter while it was read");
    if (size == 0)
        return true;
    unprove(&file->proven, offset, offset + size);
    uint64_t done = copy_by_kernel(file, offset, from, from_offset, size);
    char *buffer = done < size ? malloc(piece) : NULL;
    bool copied = true;
    while (copied && done < size) {
        size_t count = size - done < piece ? (size_t)(size - done) : piece;
        copied = buffer != NULL && file_read(from, from_offset + done, buffer, count, error) &&
                 atomic_file_write(file, offset + done, buffer, count, error);
        done += count;
    }
    free(buffer);
    return copied && has_whole_size(file, error);
}

bool atomic_file_finish(struct atomic_file *file, const struct file *like, struct error *error) {
    struct stat status;
    if (fstat(like->descriptor, &status) != 0 ||
        fchmod(file->file.descriptor, status.st_mode & 07777) != 0 ||
        (!file->no_sync && fsync(file->file.descriptor) != 0))
        return error_errno(error, "", "cannot write");
    return true;
}

bool atomic_file_make_copy(const char *target, const struct file *from, bool no_sync,
                           struct atomic_file *file, struct error *error) {
    if (!atomic_file_make(target, file, error))
        return false;
    file->no_sync = no_sync;
    if (atomic_file_copy(file, 0, from, 0, from->size, error) &&
        atomic_file_finish(file, from, error))
        return true;
    atomic_file_discard(file);
    return error_in_file(error, target);
}

/* Shared: one file may get several names. A lock that another run has goes for all names. */
static bool lock_link(struct atomic_file *file, bool is_locked, bool *again) {
    struct error ignored;
    *again = false;
    if (!file_open(file->path, &file->file, &ignored))
        return false;
    if (!is_locked && !file_lock(file->file.descriptor, LOCK_SH)) {
        atomic_file_discard(file);
        return false;
    }
    *again = !has_name(file->file.descriptor, file->path);
    if (*again)
        file_close(&file->file);
    return !*again;
}

bool atomic_file_link(const char *source, const char *target, bool is_locked,
                      struct atomic_file *file) {
    struct arena scratch = {0};
    struct error ignored;
    bool again = true;
    if (!name_file(target, file, &ignored))
        return false;
    file_make_folders(&scratch, path_folder(&scratch, target));
    arena_free(&scratch);
    for (int i = 0; i < TRIES && again; i++) {
        if (link(source, file->path) == 0) {
            if (lock_link(file, is_locked, &again))
                return has_no_journal(file, target, &ignored);
        } else {
            again = errno == EEXIST && remove_left(file, target, &ignored);
        }
    }
    return false;
}

bool atomic_file_times(const struct atomic_file *file, const struct file *like,
                       struct error *error) {
    struct stat status;
    if (fstat(like->descriptor, &status) != 0)
        return error_errno(error, "", "cannot write");
    const struct timespec times[2] = {status.ACCESSED, status.MODIFIED};
    return futimens(file->file.descriptor, times) == 0 || error_errno(error, "", "cannot write");
}

/* What a write put off shows here. The lock stays: it belongs to the open file. */
bool atomic_file_flush(const struct atomic_file *file, const char *target, struct error *error) {
    int copy = file->file.descriptor < 0 ? -1 : dup(file->file.descriptor);
    return copy < 0 || close(copy) == 0 || error_errno(error, target, "cannot write");
}

/* Closed only after the rename: until then the lock keeps others from the name. */
bool atomic_file_take_place(struct atomic_file *file, const char *target, struct error *error) {
    bool taken = atomic_file_flush(file, target, error);
    if (taken && rename(file->path, target) != 0)
        taken = error_errno(error, target, "cannot write");
    if (!taken)
        unlink(file->path);
    file_close(&file->file);
    return taken;
}

void atomic_file_discard(struct atomic_file *file) {
    unlink(file->path);
    file_close(&file->file);
}
