/* Originals: what images were before they were rewritten, kept as NAME.unstripped. */
#ifndef VAFIT_REWRITE_ORIGINAL_H
#define VAFIT_REWRITE_ORIGINAL_H

#include "base/arena.h"
#include "base/error.h"
#include "commit/replacement.h"
#include "program/image_file.h"

#include <stdbool.h>
#include <stdint.h>

/* Where the original of `target` stays: beside it, or in `folder` unless that is NULL. Of what is
 * in a sealed bundle it stays outside: that of Foo.app/Contents/MacOS/Foo is
 * Foo.app.unstripped/Contents/MacOS/Foo.unstripped. NULL where the folder is "none": nowhere. In
 * the arena. */
const char *original_path(struct arena *arena, const char *folder, const char *target);

/* Likewise of what a link has just made: always beside it, where build files name it. No seal fits
 * that any more. */
const char *original_path_of_link(struct arena *arena, const char *folder, const char *target);

/* Removes the folders, if they are empty, in which the original at `path`, which is gone, stayed
 * outside a sealed bundle. */
void original_remove_folders(const char *path);

/* Puts `file`, which is open and whose images were read, aside as `path`: *aside is a hard link to
 * it where that can be, else a copy, and waits for replacements_take. What has the name already
 * decides:
 *
 *   the file itself, or its very bytes                           stays: aside->is_made is false
 *   an image of its file types, architectures and install
 *   names of the same link and at least as many symbols          stays: it is the original
 *   such an image where neither has a UUID, of which `file` is
 *   a rewriting (original_is_of)                                 stays
 *   such an image of another link                                goes: an earlier link's original
 *   anything else                                                is an error
 *
 * Errors: ERROR_IO naming `path`. `path` must outlive *aside. */
bool original_put_aside(const struct image_file *file, const char *path, struct replacement *aside,
                        struct error *error);

/* Whether an image is of the same link as its original, by their UUIDs: what shrinking leaves has
 * the same one, a stub that consolidate leaves (merge/stub.h) one that differs in the last bit. */
bool original_is_of_link(const uint8_t original[16], const uint8_t uuid[16]);

/* Whether what is at `path` would stay then: it is the original of `file`. */
bool original_is_there(const char *path, const struct image_file *file);

/* Puts the original at `path` in place of `target`, which `read` was opened as: *back is a hard
 * link to it where that can be, else a copy, and waits for replacements_take. Errors: ERROR_IO. */
bool original_put_back(const char *path, const char *target, const struct file *read,
                       struct replacement *back, struct error *error);

/* Whether `image`, which is open and whose images were read, means the same as the file at `path`,
 * but for what the highest level may drop: that then is what it was made from by an earlier run, or
 * itself. */
bool original_is_of(const char *path, const struct image_file *image);

/* Whether `original` is only another name of the file at `path`, which was not rewritten then. */
bool original_is_itself(const char *original, const char *path);

/* Removes it then. Errors: ERROR_IO, also for another run at work on the file. */
bool original_remove_itself(const char *original, const char *target, struct error *error);

#endif
