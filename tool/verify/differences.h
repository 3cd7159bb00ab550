/* Differences between two parts of __LINKEDIT, of which a user wants the first few. */
#ifndef VAFIT_VERIFY_DIFFERENCES_H
#define VAFIT_VERIFY_DIFFERENCES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* How many are listed one by one. */
enum { MOST_DIFFERENCES = 5 };

/* Zero-initialise but for the first two. */
struct differences {
    struct errors *errors; /* where they are added: ERROR_MALFORMED, without a file's name */
    const char *field;     /* of each: "exports trie" */
    size_t count;          /* so far */
};

void differences_add(struct differences *differences, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Whether one of the two could not be read, which ended the comparison: `new`, if that is an error,
 * or else `old` is added, the latter as the original's. Both have the field of the differences. */
bool differences_unreadable(const struct differences *differences, const struct error *old,
                            const struct error *new);
/* After the last one: says how many were not listed. */
void differences_end(const struct differences *differences);

#endif
