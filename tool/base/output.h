/* Outputs: reports, depfiles and baselines, written where a user wants them. */
#ifndef VAFIT_BASE_OUTPUT_H
#define VAFIT_BASE_OUTPUT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether `path` is the "-" that stands for standard output. NULL is not. */
bool output_is_standard(const char *path);

/* Gives exactly `data` to what `path` leads to, symbolic links followed.
 *
 * A regular file, or one that is not there yet, is replaced whole: a new file beside it, synced and
 * renamed, so that a reader sees the old or the new one. It keeps its permission bits; one that
 * holds `data` already is left untouched, its times too. A missing parent folder is made.
 * What is no regular file (a device, a pipe) is opened and written to, and stays what it is. "-",
 * /dev/stdout, /dev/stderr and /dev/fd/N are the descriptors themselves, whatever is after them:
 * bytes go on where those written before end.
 * Errors: ERROR_IO naming `path`; no temporary file stays. */
bool output_put(const char *path, const void *data, size_t size, struct error *error);

/* Whether two results would be written over each other: both paths are one file, as they are
 * spelled, that output_put replaces. NULL is no path. */
bool output_collides(const char *a, const char *b);
/* Whether output_put would write to what `path` names and not replace it: "-", a device, a pipe, a
 * descriptor. Not so a folder, which is an error. */
bool output_is_stream(const char *path);

/* Whether something is there that output_put would replace, so that it may be read before; not so
 * for devices, pipes and descriptors, which are only written to. True as well when that cannot be
 * told: the reading will say why. */
bool output_replaces(const char *path);

#endif
