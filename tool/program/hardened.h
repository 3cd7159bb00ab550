/* Hardened processes: executables whose entitlements let the kernel place mappings at random. */
#ifndef VAFIT_PROGRAM_HARDENED_H
#define VAFIT_PROGRAM_HARDENED_H

#include "base/error.h"
#include "base/file.h"
#include "program/image_file.h"

#include <stdbool.h>

/* Sets slice->hardened of a slice of the open file, whose image is known. A signature that is
 * malformed asks for nothing. Reads a few KiB. Errors: ERROR_IO without the file's name. */
bool slice_read_hardened(const struct file *file, struct image_slice *slice, struct error *error);

#endif
