/* The exports of two slices, compared. */
#ifndef VAFIT_VERIFY_COMPARE_EXPORTS_H
#define VAFIT_VERIFY_COMPARE_EXPORTS_H

#include "base/bytes.h"
#include "base/error.h"
#include "program/closed_world.h"

/* Holds one exports trie against another by what they mean: the same names, each with the same
 * flags, offset, resolver, table of variants, or dylib and name that it is re-exported from. An
 * empty trie has no exports. Where there is a `world`, those that it does not keep may be gone. The
 * first differences are added to *errors (see differences.h), or why one of the two cannot be read.
 * Time and memory are in proportion to the tries, whatever they hold. */
void compare_exports(struct bytes old, struct bytes new, const struct closed_world *world,
                     struct errors *errors);

#endif
