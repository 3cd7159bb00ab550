/* The layout of a merged image: its segments and sections, and where each is in memory and in the
 * file. */
#ifndef VAFIT_MERGE_LAYOUT_H
#define VAFIT_MERGE_LAYOUT_H

#include "merge/merge.h"

/* Names the segments, counts the sections and gives parts' sections their numbers. */
void layout_sections(struct merge *merge);
/* Places everything in memory and in the file, after the sizes of the leading __TEXT's contents,
 * of the template and of the load commands are known: sets the shift of each part, and the places
 * of segments and sections but for the size of __LINKEDIT. */
void layout_place(struct merge *merge);
/* Where the contents of the leading __TEXT begin: bytes from the header. */
struct leading_places {
    uint64_t initialisers;
    uint64_t unwind_info;
    uint64_t eh_frame;
    uint64_t end;
};
struct leading_places layout_leading(const struct merge *merge);
/* The size of __LINKEDIT is known. */
void layout_linkedit(struct merge *merge, uint64_t size);

#endif
