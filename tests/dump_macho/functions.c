#include "dump.h"

#include "macho/function_starts.h"

#include <inttypes.h>
#include <stdio.h>

bool dump_functions(const struct dumped *part, struct error *error) {
    struct function_starts starts = {.bytes = part->bytes};
    while (function_starts_next(&starts, error))
        printf("%016" PRIx64 "\n", image_base(part->image) + starts.offset);
    return error->kind == ERROR_NONE;
}
