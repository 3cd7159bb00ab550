/* What __LINKEDIT says of the code of two slices, compared: function starts and data
 * in code. */
#ifndef VAFIT_VERIFY_COMPARE_CODE_H
#define VAFIT_VERIFY_COMPARE_CODE_H

#include "base/bytes.h"
#include "base/error.h"

/* The same functions begin; zeros after the last one are no difference. The first differences are
 * added to *errors (see differences.h), or why one of the two cannot be read. */
void compare_function_starts(struct bytes old, struct bytes new, struct errors *errors);
/* The same entries in the same order; entries of zeros at the end are no difference. The first
 * differences are added to *errors, or why one of the two cannot be read. */
void compare_data_in_code(struct bytes old, struct bytes new, struct errors *errors);

#endif
