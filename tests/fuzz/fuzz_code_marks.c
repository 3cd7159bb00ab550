/* Function starts and data in code: read to their end, and compared with themselves and with a part
 * that is cut. The first byte says which of the two. */
#include "fuzz.h"

#include "macho/data_in_code.h"
#include "macho/function_starts.h"
#include "verify/compare_code.h"

#include <stdlib.h>

static bool read_starts(struct bytes bytes) {
    struct function_starts starts = {.bytes = bytes};
    struct error error;
    for (uint64_t before = 0; function_starts_next(&starts, &error); before = starts.offset)
        if (starts.offset <= before)
            abort();
    return error.kind == ERROR_NONE;
}

static bool read_data(struct bytes bytes) {
    struct error error;
    bool valid = data_in_code_valid(bytes, &error);
    size_t count = data_in_code_count(bytes);
    for (size_t i = 1; valid && i < count; i++)
        if (data_in_code_at(bytes, i).offset < data_in_code_at(bytes, i - 1).offset)
            abort();
    return valid;
}

/* A part differs from itself exactly when it cannot be read. */
static void compare(void (*comparer)(struct bytes, struct bytes, struct errors *), struct bytes a,
                    struct bytes b, bool readable) {
    struct errors errors = {0};
    comparer(a, a, &errors);
    if ((errors.count == 0) != readable)
        abort();
    comparer(a, b, &errors);
    errors_free(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    struct bytes bytes = {data + 2, size - 2};
    struct bytes less = {data + 2, (size - 2) * data[1] / 256};
    if (data[0] % 2 == 0)
        compare(compare_function_starts, bytes, less, read_starts(bytes));
    else
        compare(compare_data_in_code, bytes, less, read_data(bytes));
    return 0;
}
