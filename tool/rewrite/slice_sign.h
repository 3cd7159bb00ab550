/* Signs a new slice: computes the page hashes of its ad-hoc signature. An identity signs after
 * that, by rewrite/sign_by_command.h. */
#ifndef VAFIT_REWRITE_SLICE_SIGN_H
#define VAFIT_REWRITE_SLICE_SIGN_H

#include "base/error.h"
#include "program/image_file.h"
#include "rewrite/image_rewrite.h"

/* Fills in the page hashes of slice->made. `file` is the old one.
 * Errors, without a file name: ERROR_IO; ERROR_MALFORMED for a page whose bytes stay and are not
 * those that were signed: a new signature would hide that the file was changed. */
bool slice_sign(const struct image_file *file, const struct slice_rewrite *slice,
                struct error *error);

#endif
