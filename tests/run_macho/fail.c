#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

_Noreturn void fail(const char *image, const char *subject, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fprintf(stderr, "run_macho: %s: %s: ", image, subject);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    _exit(FAIL_STATUS);
}

_Noreturn void fail_error(const char *image, const struct error *error) {
    fail(image, error->field[0] == '\0' ? "file" : error->field, "%s", error->what);
}
