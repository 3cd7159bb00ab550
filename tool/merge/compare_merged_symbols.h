/* The symbols of a merged image compared with those of its parts. */
#ifndef VAFIT_MERGE_COMPARE_MERGED_SYMBOLS_H
#define VAFIT_MERGE_COMPARE_MERGED_SYMBOLS_H

#include "merge/merge.h"
#include "verify/differences.h"

/* Every symbol of a part that is defined, and every stab, is in the merged image, `merged`, with
 * its type but for N_EXT, its name, and its value, moved where that is an address.
 *
 * Symbols of parts mostly follow each other in the merged image as they did; one that does not is
 * looked for among all, by a hash of 64 bits of what it is. Where the merged image may lack
 * symbols, all that it has are parts'. */
void compare_merged_symbols(const struct merge *merge, const struct part *merged,
                            struct differences *differences);

#endif
