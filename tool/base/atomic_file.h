/* New files: made beside the place they are meant for, and moved there when they are whole. */
#ifndef VAFIT_BASE_ATOMIC_FILE_H
#define VAFIT_BASE_ATOMIC_FILE_H

#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file under construction. Ends with atomic_file_take_place or atomic_file_discard. */
struct atomic_file {
    char path[4096];  /* of the temporary file, in the folder of the target */
    struct file file; /* open for writing and reading */
    bool no_sync;     /* set by the caller: there is no fsync, so that a crash of the machine may
                         lose it, like any output of a compiler */
    struct file_range proven; /* what was read back after it was copied, and is the same at the same
                                 place of the other file. Whoever copies sets it; writing takes away
                                 from it */
};

#define NEW_FILE_ENDING ".vafit-new"

/* Makes an empty file beside `target`, readable by nobody else, and the folder if it is missing.
 * Its name is TARGET.vafit-new; it is made exclusively and locked while it is open, also under the
 * target's name, so that of two runs with one target the later has an error, and what an ended run
 * left under that name goes. While there is a journal of the target that is an error as well.
 * Errors: ERROR_IO naming `target`, also when that is a folder, a device or a pipe. */
bool atomic_file_make(const char *target, struct atomic_file *file, struct error *error);
/* Writes `size` bytes at `offset`. Errors: ERROR_IO naming the temporary file's target by the
 * caller. */
bool atomic_file_write(struct atomic_file *file, uint64_t offset, const void *data, size_t size,
                       struct error *error);
/* Copies bytes of another file: shared blocks where the file system can and both offsets are
 * multiples of NEW_FILE_BLOCK, otherwise by the kernel, by hand at last. Errors: as above. */
enum { NEW_FILE_BLOCK = 4096 };
bool atomic_file_copy(struct atomic_file *file, uint64_t offset, const struct file *from,
                      uint64_t from_offset, uint64_t size, struct error *error);
/* Gives it the mode of `like` and syncs it, unless it has no_sync. Errors: as above. */
bool atomic_file_finish(struct atomic_file *file, const struct file *like, struct error *error);
/* Makes the new file for `target` a copy of another file, of its mode, and finishes it, with the
 * given no_sync. Errors: ERROR_IO naming `target`; nothing is left then. */
bool atomic_file_make_copy(const char *target, const struct file *from, bool no_sync,
                           struct atomic_file *file, struct error *error);
/* Moves it to `target`. Errors: ERROR_IO naming `target`; the file is discarded then. */
bool atomic_file_take_place(struct atomic_file *file, const char *target, struct error *error);
/* Makes the new file for `target` a further name of the file at `source`, open for reading and
 * locked; `is_locked`: the source is a new file of this run, and locked as such. False where that
 * cannot be. */
bool atomic_file_link(const char *source, const char *target, bool is_locked,
                      struct atomic_file *file);
/* Gives it the times of `like`. Errors: as above. */
bool atomic_file_times(const struct atomic_file *file, const struct file *like,
                       struct error *error);
/* Whether all that was written has gone well as far as the system can tell now. Errors: ERROR_IO
 * naming `target`. */
bool atomic_file_flush(const struct atomic_file *file, const char *target, struct error *error);
/* The name of the journal of a target: "TARGET.vafit-journal". While there is one, TARGET.vafit-new
 * is not taken for something that an ended run left. In the arena. */
char *atomic_file_journal(struct arena *arena, const char *target);
/* Lets the file at `path`, which another program may have made of it, take its name and its place
 * here. Errors: ERROR_IO. */
bool atomic_file_become(struct atomic_file *file, const char *path, struct error *error);
/* The name under which the old file waits for TARGET.vafit-new where names cannot be exchanged:
 * "TARGET.vafit-new-old". */
enum { NEW_FILE_KEPT_SIZE = 4096 + 8 };
void atomic_file_kept(const struct atomic_file *file, char path[NEW_FILE_KEPT_SIZE]);
/* Removes what an ended run left as the new file for `target`, if anything. Errors: as of
 * atomic_file_make. */
bool atomic_file_sweep(const char *target, struct error *error);
/* Finds the file that an ended run left for `target` and locks it, open for reading; *is_left is
 * false when there is none. Errors: ERROR_IO naming `target`, when another run is at it. */
bool atomic_file_find(const char *target, struct atomic_file *file, bool *is_left,
                      struct error *error);
/* Removes it. */
void atomic_file_discard(struct atomic_file *file);

#endif
