/* Report files: crash reports as operands. */
#ifndef VAFIT_VERBS_REPORT_FILE_H
#define VAFIT_VERBS_REPORT_FILE_H

#include "crash/crash_report.h"

#include <stdbool.h>

/* Reads the report at `path`; "-" is standard input. Errors: ERROR_IO, and ERROR_MALFORMED as
 * crash_report_read, naming the file. */
bool report_file_read(struct arena *arena, const char *path, struct crash_report *report,
                      struct error *error);

#endif
