/* Baseline files. */
#include "fuzz.h"

#include "report/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = {0};
    struct baseline value = {0};
    struct error error;
    baseline_from_json(&arena, (const char *)data, size, &value, &error);
    arena_free(&arena);
    return 0;
}
