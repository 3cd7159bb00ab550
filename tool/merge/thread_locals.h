/* Thread-local variables of parts: their initial contents gathered in one template, which dyld
 * takes to be contiguous, and the offsets into it (dyld: ThreadLocalVariables.cpp). */
#ifndef VAFIT_MERGE_THREAD_LOCALS_H
#define VAFIT_MERGE_THREAD_LOCALS_H

#include "merge/merge.h"

/* Gathers the template. Errors: ERROR_MALFORMED naming the part. */
bool thread_locals_gather(struct merge *merge, struct error *error);
/* Writes new offsets into the descriptors of a segment, whose contents are given. Errors:
 * ERROR_MALFORMED naming the part, for an offset that leads to no contents. */
bool thread_locals_rewrite(const struct part *part, size_t segment, uint8_t *contents,
                           struct error *error);
/* Notes a fixup of a part in its initial contents for the template too. */
void thread_locals_note(struct merge *merge, const struct part *part, uint64_t address,
                        const struct chained_pointer *pointer);

#endif
