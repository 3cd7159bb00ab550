/* The one way to give up: a line on standard error and the exit status FAIL_STATUS, which no
 * program of the tests returns. */
#ifndef VAFIT_RUN_MACHO_FAIL_H
#define VAFIT_RUN_MACHO_FAIL_H

#include "base/error.h"

enum { FAIL_STATUS = 120 };

/* Prints "run_macho: IMAGE: SUBJECT: TEXT", the subject being a symbol, a dylib's name or a part of
 * the image, and ends the process. No destructor of the program runs. */
_Noreturn void fail(const char *image, const char *subject, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for what a function of tool/ reports. */
_Noreturn void fail_error(const char *image, const struct error *error);

#endif
