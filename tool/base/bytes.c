#include "base/bytes.h"

bool bytes_part(struct bytes whole, uint64_t offset, uint64_t size, struct bytes *part) {
    if (!range_within(offset, size, whole.size))
        return false;
    *part = (struct bytes){whole.data + offset, (size_t)size};
    return true;
}

size_t bytes_strings_end(struct bytes bytes, size_t start) {
    size_t end = bytes.size;
    while (end > start && bytes.data[end - 1] != 0)
        end--;
    return end;
}
