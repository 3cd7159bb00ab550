/* The unwind information of a merged image compared with that of its parts. */
#ifndef VAFIT_MERGE_COMPARE_UNWIND_H
#define VAFIT_MERGE_COMPARE_UNWIND_H

#include "merge/merge.h"
#include "verify/differences.h"

/* Every function of a part is unwound in the merged image, `merged`, by the same encoding, LSDA and
 * personality; one with call frame information finds its own record. `fixups` are those of the
 * merged image, and tell what a personality's slot leads to. */
void compare_unwind(const struct merge *merge, const struct part *merged,
                    const struct part_fixups *fixups, struct differences *differences);

#endif
