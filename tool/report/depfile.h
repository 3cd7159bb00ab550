/* Depfiles: what a build tool is told of the files that were read. */
#ifndef VAFIT_REPORT_DEPFILE_H
#define VAFIT_REPORT_DEPFILE_H

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"

#include <stdbool.h>

/* Appends "TARGET: INPUT INPUT\n" as ninja and make read it: spaces, # and : with a backslash
 * before them, $ doubled. An input that comes twice is written once. Errors: ERROR_IO naming the
 * path that no depfile can hold: one with a control character or one of *;<>^`|, or with a colon or
 * a backslash at its end (ninja: depfile_parser.in.cc; tried with 1.11). */
bool depfile_write(const char *target, const struct string_list *inputs, struct text *out,
                   struct error *error);

#endif
