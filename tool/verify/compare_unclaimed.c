#include "verify/compare_unclaimed.h"

#include <inttypes.h>
#include <string.h>

static bool same(const struct unclaimed *a, const struct unclaimed *b) {
    return strcmp(a->where, b->where) == 0 && a->bytes.size == b->bytes.size &&
           memcmp(a->bytes.data, b->bytes.data, a->bytes.size) == 0;
}

static void report(const struct unclaimed *unclaimed, struct errors *errors) {
    struct error error;
    error_malformed(&error, unclaimed->where,
                    "%zu bytes at 0x%" PRIx64
                    " of the original, which no table reaches, are gone or are others",
                    unclaimed->bytes.size, unclaimed->offset);
    errors_add(errors, &error);
}

/* The index after the first run from `from` on that is the same; 0 for none. */
static size_t behind_same(const struct unclaimed_list *list, size_t from,
                          const struct unclaimed *wanted) {
    for (size_t i = from; i < list->count; i++)
        if (same(wanted, &list->items[i]))
            return i + 1;
    return 0;
}

void compare_unclaimed(const struct unclaimed_list *old, const struct unclaimed_list *new,
                       struct errors *errors) {
    size_t from = 0;
    for (size_t i = 0; i < old->count; i++) {
        from = behind_same(new, from, &old->items[i]);
        if (from == 0) {
            report(&old->items[i], errors);
            return;
        }
    }
}
