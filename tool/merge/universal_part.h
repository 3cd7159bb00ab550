/* Parts that are slices of universal files: the merged image is of one architecture, and the file
 * keeps its other slices, with a stub in place of the part. */
#ifndef VAFIT_MERGE_UNIVERSAL_PART_H
#define VAFIT_MERGE_UNIVERSAL_PART_H

#include "base/arena.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "merge/merge.h"
#include "verify/differences.h"

#include <stdbool.h>
#include <stddef.h>

/* Why the part, a slice of a universal file, cannot be merged into an image of that leaf, or of one
 * with a number behind it; NULL when it can. */
const char *universal_part_judge(const struct image_graph *graph, const struct part *part,
                                 const char *leaf);
/* Writes the file that takes the place of that of part `number`: all slices where they were, with
 * the stub in place of the part, and zeros behind it. A thin one is the stub. Errors:
 * ERROR_IO, ERROR_MALFORMED naming the file. */
bool universal_part_write(const struct merge *merge, size_t number, struct atomic_file *file,
                          struct error *error);
/* Compares the new file at `path` with the old one but for the slice that is the part. Adds what
 * differs. */
void universal_part_compare(const struct part *part, const char *path,
                            struct differences *differences);

#endif
