/* Property lists of both forms, and seals. */
#include "fuzz.h"

#include "base/plist.h"
#include "program/seal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = {0};
    struct error error;
    struct seal seal;
    char *value;
    const struct bytes list = {data, size};
    plist_string(&arena, list, "CFBundleExecutable", &value, &error);
    if (seal_read(&arena, list, &seal, &error)) {
        uint8_t *copy = (uint8_t *)arena_copy(&arena, (const char *)data, size), hash[DIGEST_MOST];
        for (size_t i = 0; i < seal.count; i++) {
            struct bytes at = seal.items[i].values[SEAL_HASH];
            if (at.data == NULL || !seal_data(at, hash, SHA1_SIZE))
                continue;
            /* What was read and is written back is the same. */
            seal_put_data(at, hash, copy + (at.data - data));
            if (memcmp(copy, data, size) != 0)
                abort();
        }
    }
    arena_free(&arena);
    return 0;
}
