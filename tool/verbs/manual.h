/* The options as the manual page lists them, for scripts/update-manual. */
#ifndef VAFIT_VERBS_MANUAL_H
#define VAFIT_VERBS_MANUAL_H

#include "base/text.h"

/* Writes the options of all verbs as mdoc(7): a list for each set of verbs that share them, under
 * "For check, why and fix". Options of several verbs are the same when all of the row but its
 * member is. */
void manual_write_options(struct text *out);

#endif
