/* What a merged image exports and loads, compared with what its parts did. */
#ifndef VAFIT_MERGE_COMPARE_MERGED_EXPORTS_H
#define VAFIT_MERGE_COMPARE_MERGED_EXPORTS_H

#include "merge/merge.h"
#include "verify/differences.h"

#include <stdbool.h>
#include <stdint.h>

/* Every name that a part exported leads to the same definition, at its new place, or is re-exported
 * from what the part re-exported it from; nothing else is exported. `exports`: those of the merged
 * image. */
void compare_merged_exports(const struct merge *merge, const struct part *merged,
                            const struct definitions *exports, struct differences *differences);
/* What parts load and is no part is loaded, once, re-exported where one of them does, weakly or
 * upward where all do; nothing else is. */
void compare_merged_dylibs(const struct merge *merge, const struct part *merged,
                           struct differences *differences);
/* Whether an ordinal of the merged image is of what a part's load command leads to. */
bool merged_ordinal_is(const struct merge *merge, const struct part *merged, int64_t ordinal,
                       const struct part *part, size_t use);

#endif
