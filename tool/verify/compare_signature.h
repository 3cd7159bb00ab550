/* A new signature against the old one: what it must keep. */
#ifndef VAFIT_VERIFY_COMPARE_SIGNATURE_H
#define VAFIT_VERIFY_COMPARE_SIGNATURE_H

#include "base/error.h"
#include "macho/code_signature.h"

/* The same identifier, requirements and entitlements; of an identity's new signature no flag is
 * gone, any other has the old flags and CodeDirectory. Hashes are not looked at. Differences are
 * added to *errors, without a file's name. */
void compare_signature(const struct code_signature *old, const struct code_signature *new,
                       struct errors *errors);

#endif
