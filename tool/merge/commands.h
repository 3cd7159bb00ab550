/* The header and the load commands of a merged image. */
#ifndef VAFIT_MERGE_COMMANDS_H
#define VAFIT_MERGE_COMMANDS_H

#include "merge/merge.h"

/* Where the parts of the merged __LINKEDIT are; bytes from its start, sizes in bytes. */
struct linkedit_place {
    uint64_t offset;
    uint64_t size;
};
struct linkedit_places {
    struct linkedit_place fixups, rebase, bind, weak_bind, exports, function_starts, data_in_code,
        symbols, strings, signature;
    uint64_t size; /* of all */
};

/* Writes header and commands. Their size does not depend on the places. */
void commands_write(const struct merge *merge, const struct linkedit_places *places,
                    struct buffer *head);

#endif
