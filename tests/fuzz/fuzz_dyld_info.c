/* The opcodes of LC_DYLD_INFO; the kind says which of the four parts. */
#include "fixups.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const parts[] = {"rebase opcodes", "bind opcodes", "weak bind opcodes",
                                        "lazy bind opcodes"};
    struct fuzzed fuzzed;
    if (fuzzed_make(data, size, &fuzzed))
        walk_part(&fuzzed, parts[fuzzed.kind & 3]);
    return 0;
}
