/* Depfiles: what a build tool is told of the files that were read. */
#ifndef VAFIT_REPORT_DEPFILE_H
#define VAFIT_REPORT_DEPFILE_H

#include "base/options.h"
#include "base/text.h"

/* Appends "TARGET: INPUT INPUT\n" as ninja and make read it: spaces and # with a backslash before
 * them, $ doubled. An input that comes twice is written once. */
void depfile_write(const char *target, const struct string_list *inputs, struct text *out);

#endif
