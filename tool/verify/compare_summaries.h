/* Two summaries of a slice, compared. */
#ifndef VAFIT_VERIFY_COMPARE_SUMMARIES_H
#define VAFIT_VERIFY_COMPARE_SUMMARIES_H

#include "base/error.h"

#include <jansson.h>

/* Compares LIEF's summary of a slice with vafit's. The first difference of each member is added to
 * *errors, its field put after `where`, without the file's name. Whatever `lief` is, nothing but a
 * difference comes of it. */
void compare_summaries(const json_t *vafit, const json_t *lief, const char *where,
                       struct errors *errors);

#endif
