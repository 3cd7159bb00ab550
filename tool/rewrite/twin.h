/* Twins: the originals that stay beside rewritten files, as NAME.unstripped. */
#ifndef VAFIT_REWRITE_TWIN_H
#define VAFIT_REWRITE_TWIN_H

#include "base/arena.h"
#include "base/error.h"
#include "images/image_file.h"

#include <stdbool.h>

/* Where the original of `target` stays: beside it, or in `folder` unless that is NULL. NULL where
 * the folder is "none": nowhere. In the arena. */
const char *twin_path(struct arena *arena, const char *folder, const char *target);

/* Whether `image`, which is open and whose images were read, means the same as the file at `path`,
 * but for what the highest level may drop: that then is what it was made from by an earlier run, or
 * itself. */
bool twin_is_of(const char *path, const struct image_file *image);

/* Whether `twin` is only another name of the file at `path`, which was not rewritten then. */
bool twin_is_itself(const char *twin, const char *path);

/* Puts the original, which is open, aside under the name `twin`: as a hard link where that can be,
 * else as a copy. A twin of it that is there stays; another file under that name goes. Errors:
 * ERROR_IO naming `twin`. */
bool twin_put_aside(const struct image_file *original, const char *twin, struct error *error);

#endif
