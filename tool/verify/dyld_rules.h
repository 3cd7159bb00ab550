/* The rules by which dyld refuses an image that can be read, each with the SDK it holds from. */
#ifndef VAFIT_VERIFY_DYLD_RULES_H
#define VAFIT_VERIFY_DYLD_RULES_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/image.h"

#include <stdbool.h>

/* The most that one rule finds; what an image has wrong beyond that is not listed. */
enum { DYLD_RULES_MOST_FINDINGS = 64 };

/* Checks an image by all rules that image_parse did not check, namely those of
 * - dyld itself at load (mach_o/UnsafeHeader.cpp, valid, as macOS 26 runs it for every image),
 * - the kernel for executables (xnu, bsd/kern/mach_loader.c),
 * - Apple's tools for the symbol table and the relocations (mach_o/Image.cpp,
 *   validStructureLinkedit), which dyld does not check and then reads.
 * `head` is the bytes that image_parse made the image of. Adds all that is found to *errors,
 * ERROR_MALFORMED with the field, without a file name; false when there is anything. */
bool dyld_rules_check(struct bytes head, const struct image *image, struct errors *errors);

#endif
