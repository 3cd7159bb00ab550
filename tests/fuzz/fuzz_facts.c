/* Facts files. */
#include "fuzz.h"

#include "program/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = {0};
    struct facts value = {0};
    struct error error;
    facts_from_json(&arena, (const char *)data, size, &value, &error);
    arena_free(&arena);
    return 0;
}
