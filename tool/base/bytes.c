#include "base/bytes.h"

bool bytes_part(struct bytes whole, uint64_t offset, uint64_t size, struct bytes *part) {
    if (!range_within(offset, size, whole.size))
        return false;
    *part = (struct bytes){whole.data + offset, (size_t)size};
    return true;
}
