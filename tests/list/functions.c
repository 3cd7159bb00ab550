#include "list.h"

#include "macho/function_starts.h"

#include <inttypes.h>
#include <stdio.h>

bool list_functions(struct bytes part, const struct image *image, struct error *error) {
    struct function_starts starts = {.bytes = part};
    while (function_starts_next(&starts, error))
        printf("%016" PRIx64 "\n", list_base(image) + starts.offset);
    return error->kind == ERROR_NONE;
}
