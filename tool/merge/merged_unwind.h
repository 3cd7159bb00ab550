/* Unwind information of all parts as one __TEXT,__unwind_info and one __TEXT,__eh_frame: dyld finds
 * no more than one of each in an image (dyld: MachOLoaded.cpp, findSectionContent). */
#ifndef VAFIT_MERGE_MERGED_UNWIND_H
#define VAFIT_MERGE_MERGED_UNWIND_H

#include "merge/merge.h"

/* Makes room for both sections, whose sizes do not depend on where parts are. Errors:
 * ERROR_MALFORMED naming the part: what cannot be read, and for more than three personalities. */
bool merged_unwind_plan(struct merge *merge, struct error *error);
/* Writes both; the places of parts are known. */
bool merged_unwind_write(struct merge *merge, struct error *error);

#endif
