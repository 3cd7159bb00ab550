#include "macho/function_starts.h"

#include "base/leb.h"

static const char starts_field[] = "function starts";

static bool end_of_starts(const struct function_starts *starts, struct error *error) {
    for (size_t i = starts->at; i < starts->bytes.size; i++)
        if (starts->bytes.data[i] != 0)
            return error_malformed(error, starts_field,
                                   "byte 0x%zx is 0x%02x, after the 0 that ends them", i,
                                   starts->bytes.data[i]);
    return false;
}

bool function_starts_next(struct function_starts *starts, struct error *error) {
    uint64_t distance;
    error->kind = ERROR_NONE;
    if (starts->at == starts->bytes.size)
        return starts->bytes.size != 0 && error_malformed(error, starts_field, "no 0 ends them");
    size_t before = starts->at;
    if (!leb_unsigned(starts->bytes, &starts->at, &distance) ||
        !range_end(starts->offset, distance, &starts->offset))
        return error_malformed(error, starts_field,
                               "the number at byte 0x%zx does not end, or is too great", before);
    return distance != 0 || end_of_starts(starts, error);
}
