/* Profile files. */
#include "fuzz.h"

#include "space/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = {0};
    struct profile value;
    struct error error;
    profile_from_json(&arena, (const char *)data, size, &value, &error);
    arena_free(&arena);
    return 0;
}
