/* LC_DYLD_CHAINED_FIXUPS and the pointers it leads to. */
#include "fixups.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed fuzzed;
    if (fuzzed_make(data, size, &fuzzed))
        walk_part(&fuzzed, "chained fixups");
    return 0;
}
