/* Files: with memory.h, parallel.h and seed.h the seam to the operating system. */
#ifndef VAFIT_BASE_FILE_H
#define VAFIT_BASE_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which file it is, whatever name led to it: what dyld calls FileID. */
struct file_identity {
    uint64_t device;
    uint64_t inode;
};

bool file_identity_same(const struct file_identity *a, const struct file_identity *b);

/* What a path names. */
enum path_kind {
    PATH_ABSENT, /* nothing there, or a folder on the way is missing */
    PATH_FILE,   /* a regular file */
    PATH_LINK,   /* a symbolic link, whatever it leads to */
    PATH_OTHER,  /* a folder, a device, a socket */
    PATH_CLOSED, /* it, or a folder on the way, is closed to us */
};

/* What `path` names, without following a symbolic link at its end. */
enum path_kind path_look(const char *path);
/* Whether `path` leads to a folder. */
bool path_is_folder(const char *path);
/* Where the symbolic link `path` leads, in the arena; NULL when it cannot be read. A relative
 * target comes joined to the folder of the link. */
char *path_link_target(struct arena *arena, const char *path);

/* Where `path` leads when the symbolic links at its end are followed, whether or not something is
 * there; `path` itself when they lead in a circle. In the arena. */
const char *path_followed(struct arena *arena, const char *path);

/* A regular file opened for reading. */
struct file {
    int descriptor; /* -1 when closed */
    uint64_t size;  /* bytes, when it was opened */
    struct file_identity identity;
    uint64_t modified; /* when it was opened: nanoseconds since 1970 */
    uint64_t names;    /* hard links, when it was opened */
};

/* A run of a file's bytes: start <= offset < end. */
struct file_range {
    uint64_t start;
    uint64_t end;
};

/* What tells a file from what stands under its name after it was written anew. */
struct file_stamp {
    struct file_identity identity;
    uint64_t size;     /* bytes */
    uint64_t modified; /* nanoseconds since 1970 */
};

/* The stamp of what `path` names, symbolic links followed; false when there is nothing. */
bool file_stamp(const char *path, struct file_stamp *stamp);
/* Likewise of a symbolic link itself. */
bool file_own_stamp(const char *path, struct file_stamp *stamp);
/* The stamp that an open file had when it was opened. */
struct file_stamp file_stamp_of(const struct file *file);
bool file_stamp_same(const struct file_stamp *a, const struct file_stamp *b);
/* Whether `path` leads to the file of the stamp, and nothing was written to it since. */
bool file_stamp_holds(const struct file_stamp *stamp, const char *path);
/* Whether the file was modified so shortly ago that its stamp may hold after the next change too:
 * file systems take times from a clock that steps every few milliseconds, or every two seconds. */
bool file_stamp_is_fresh(const struct file_stamp *stamp);
/* `path` from the root on, so that it means the same in every folder; in the arena. The file need
 * not be there, its folder must; otherwise `path` itself. */
char *file_absolute(struct arena *arena, const char *path);

/* The path of what `path` leads to, from the root on and without symbolic links; `path` itself when
 * that cannot be told. In the arena. */
char *file_real(struct arena *arena, const char *path);

/* Opens a regular file; anything else at `path` is an error. Errors: ERROR_IO naming `path`. */
bool file_open(const char *path, struct file *file, struct error *error);
/* Opens `path` if it is a regular file and says what it is, without following a symbolic link at
 * its end and without a look before: where hundreds are opened, that shows. With PATH_CLOSED *error
 * is filled: ERROR_IO naming `path`. */
enum path_kind file_open_unlinked(const char *path, struct file *file, struct error *error);
/* Whether two open files are one, under whatever names. */
bool file_same(const struct file *a, const struct file *b);
/* Reads exactly `size` bytes at byte `offset`. Errors: ERROR_IO, without the file's name, also when
 * the file has become shorter. */
bool file_read(const struct file *file, uint64_t offset, void *buffer, size_t size,
               struct error *error);
/* Whether `path` is a regular file, and no symbolic link, with the same bytes as the open file;
 * false when it cannot be read. */
bool file_holds(const char *path, const struct file *file);
void file_close(struct file *file);
/* How many more files may be kept open at once; raises the process's limit as far as it can. */
size_t file_open_limit(void);

/* Removes a regular file or a symbolic link, if one is there; leaves anything else. Errors:
 * ERROR_IO naming `path`. */
bool file_remove(const char *path, struct error *error);

/* The whole of a small file, with a NUL after it, in the arena. Errors: ERROR_IO; also for a file
 * of more than `limit` bytes. */
bool file_read_all(struct arena *arena, const char *path, size_t limit, char **data, size_t *size,
                   struct error *error);
/* Likewise what standard input has up to its end. */
bool file_read_input(struct arena *arena, size_t limit, char **data, size_t *size,
                     struct error *error);
/* Adds the names of what a folder holds, in order and without "." and "..", to *names, in the
 * arena. False when it cannot be read, or holds more than `most`. */
bool file_list_folder(struct arena *arena, const char *folder, size_t most,
                      struct string_list *names);
/* Makes `path` a symbolic link to `target`, as it is spelled. *is_new: there was none; a link that
 * leads elsewhere is replaced, and anything else of the name is an error. Errors: ERROR_IO naming
 * `path`. */
bool file_link(const char *target, const char *path, bool *is_new, struct error *error);
/* Runs hold a lock (flock) on what they write until they end, and for a moment on what they only
 * look at. How often a run looks again before it takes a lock for one that lasts, and the wait
 * between: 0.2 s in all. */
enum { FILE_LOOKS = 40 };
void file_wait_for_look(void);
/* Takes the lock LOCK_EX or LOCK_SH; false when another run holds it for longer than a look takes,
 * or when there are no locks. */
bool file_lock(int descriptor, int lock);

/* Makes a folder that nobody else can look into, in $TMPDIR or /tmp; its path is in the arena. NULL
 * after an error, ERROR_IO. */
char *file_make_temporary_folder(struct arena *arena, struct error *error);
/* Makes an empty file, open for reading and writing, that has no name and is gone when it is
 * closed; it takes no space where nothing is written. Errors: ERROR_IO. */
bool file_make_unnamed(struct file *file, struct error *error);
/* Opens an open file a second time, as it is now, also one without a name; both are to be closed.
 * Errors: ERROR_IO. */
bool file_again(const struct file *open, struct file *file, struct error *error);
/* Makes a folder and those on the way to it, unless they are there. False with errno set. */
bool file_make_folders(struct arena *arena, const char *folder);
/* Waits until the names in a folder are on disk, where the file system can. False with errno set.
 */
bool file_sync_folder(const char *folder);

#endif
