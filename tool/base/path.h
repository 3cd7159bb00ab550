/* Paths as text. Nothing here asks the file system. */
#ifndef VAFIT_BASE_PATH_H
#define VAFIT_BASE_PATH_H

#include "base/arena.h"

#include <stdbool.h>

/* The folder of `path`: "." where it has none, "/" for the root. */
char *path_folder(struct arena *arena, const char *path);
/* What follows the last slash; points into `path`. */
const char *path_leaf(const char *path);
/* `folder` and `path` with one slash between them, whatever slashes `path` begins with. "." and ""
 * as folder add nothing. */
char *path_join(struct arena *arena, const char *folder, const char *path);
/* Without empty and "." parts, and without "NAME/..", so that one folder has one spelling. Right
 * only where NAME is no symbolic link. An empty result is ".". */
char *path_tidy(struct arena *arena, const char *path);
/* The path from `folder` to `path`: "../lib/x". Both are tidied, and both absolute or both relative
 * to the same folder and without "..". In the arena. */
char *path_relative(struct arena *arena, const char *folder, const char *path);
/* Whether `path` lies in `folder`, which is spelled without a slash at its end. */
bool path_is_in(const char *path, const char *folder);

#endif
