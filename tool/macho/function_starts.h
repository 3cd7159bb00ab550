/* Function starts: where the functions of an image begin (LC_FUNCTION_STARTS).
 *
 * Each is the distance from the one before, the first from the image's base, as LEB128; a 0 ends
 * them, and zeros may follow. dyld never reads them at launch (facts: dladdr looks at symbols);
 * debuggers, crash reporters and Apple's linker tools do (dyld: mach_o/FunctionStarts.cpp). */
#ifndef VAFIT_MACHO_FUNCTION_STARTS_H
#define VAFIT_MACHO_FUNCTION_STARTS_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set `bytes` and zero-initialise the rest. */
struct function_starts {
    struct bytes bytes;
    size_t at;       /* bytes into them */
    uint64_t offset; /* of the last one: bytes from the image's base; they rise */
};

/* Steps to the next function, whose start is then `offset`; false after the last one, with
 * error->kind ERROR_NONE. Errors: ERROR_MALFORMED, the field "function starts", for what dyld's
 * FunctionStarts::valid refuses: a number that does not end, no 0 at the end, other bytes after
 * it. So is an offset past 64 bits. */
bool function_starts_next(struct function_starts *starts, struct error *error);

#endif
