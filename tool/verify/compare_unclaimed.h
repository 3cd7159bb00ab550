/* The bytes of two slices or files that no table reaches, compared. */
#ifndef VAFIT_VERIFY_COMPARE_UNCLAIMED_H
#define VAFIT_VERIFY_COMPARE_UNCLAIMED_H

#include "base/error.h"
#include "macho/unclaimed.h"

/* Each run of the original is one of the new one, of the same part and with the same bytes, in the
 * same order; where they are does not count. The first that is not is added to *errors, without the
 * file's name. */
void compare_unclaimed(const struct unclaimed_list *old, const struct unclaimed_list *new,
                       struct errors *errors);

#endif
