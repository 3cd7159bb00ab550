/* The contents of a part's segments in the merged image: its pointers in new chains, with their
 * targets moved, and binds between parts made rebases. */
#ifndef VAFIT_MERGE_MERGED_FIXUPS_H
#define VAFIT_MERGE_MERGED_FIXUPS_H

#include "merge/merge.h"

/* Takes a segment of the merged image with its contents; they last as long as the call. `same`:
 * they are what the file of the part holds of it. */
typedef bool segment_sink(void *context, const struct merged_segment *segment,
                          struct bytes contents, bool same, struct error *error);

/* Hands the contents of all segments of part `number` that have any to `sink`, by rising address.
 * Errors: those of the part's parsers, of merge_import and of new_chains_segment, naming the part;
 * and the sink's. Memory: the fixups of the part, and a segment with fixups. */
bool merged_fixups_part(struct merge *merge, size_t number, segment_sink *sink, void *context,
                        struct error *error);
/* Likewise the segment with the template of thread-local variables, if there is one. All parts were
 * done. */
bool merged_fixups_template(struct merge *merge, segment_sink *sink, void *context,
                            struct error *error);

#endif
