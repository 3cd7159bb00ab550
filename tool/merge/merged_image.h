/* The file of a merged image. */
#ifndef VAFIT_MERGE_MERGED_IMAGE_H
#define VAFIT_MERGE_MERGED_IMAGE_H

#include "base/atomic_file.h"
#include "merge/merge.h"

#include <stdint.h>

/* Lays the image out: all places but those in __LINKEDIT, and its size, are known then. Errors:
 * ERROR_MALFORMED naming the part. */
bool merged_image_plan(struct merge *merge, struct error *error);
/* Writes it whole, with its signature. Errors: ERROR_MALFORMED naming the part; ERROR_IO. Memory:
 * merged_image_memory. */
bool merged_image_write(struct merge *merge, struct atomic_file *file, struct error *error);
/* Likewise, but with holes in place of the contents of the parts' segments and of the hashes of
 * pages: all sizes, the load commands and __LINKEDIT are those of the image. The merge is then only
 * good for merge_free. */
bool merged_image_outline(struct merge *merge, struct atomic_file *file, struct error *error);
/* Bytes of memory that writing it and comparing it take, at most and about: those of what is made
 * anew, and of files as far as they are mapped at a time. */
uint64_t merged_image_memory(const struct merge *merge);

#endif
