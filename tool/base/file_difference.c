#include "base/file_difference.h"

#include <string.h>

enum { WINDOW = 64 << 10 }; /* bytes that are read at once */

size_t first_difference(const uint8_t *a, const uint8_t *b, size_t size) {
    size_t i = 0;
    if (memcmp(a, b, size) == 0)
        return size;
    while (a[i] == b[i])
        i++;
    return i;
}

static bool compare_window(const struct file_place *old, const struct file_place *new,
                           uint64_t offset, size_t size, struct file_difference *difference,
                           struct error *error) {
    uint8_t before[WINDOW], after[WINDOW];
    if (!file_read(old->file, old->offset + offset, before, size, error) ||
        !file_read(new->file, new->offset + offset, after, size, error))
        return false;
    size_t at = first_difference(before, after, size);
    if (at != size)
        *difference = (struct file_difference){true, offset + at, before[at], after[at]};
    return true;
}

bool file_difference_find(const struct file_place *old, const struct file_place *new, uint64_t size,
                          struct file_difference *difference, struct error *error) {
    bool is_read = true;
    *difference = (struct file_difference){.found = false};
    for (uint64_t at = 0; is_read && !difference->found && at < size; at += WINDOW)
        is_read = compare_window(old, new, at, size - at < WINDOW ? (size_t)(size - at) : WINDOW,
                                 difference, error);
    return is_read;
}
