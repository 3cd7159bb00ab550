/* Bytes of a file that no slice and no segment reaches: after __LINKEDIT, between the slices of a
 * universal file and after the last one. Self-extracting programs have an archive there. */
#ifndef VAFIT_PROGRAM_FILE_UNCLAIMED_H
#define VAFIT_PROGRAM_FILE_UNCLAIMED_H

#include "base/error.h"
#include "base/mapping.h"
#include "macho/unclaimed.h"
#include "program/image_file.h"

#include <stdbool.h>

/* Adds those that are not zero, in the order of the file, of a file that is open and whose images
 * were read; offsets are of the file. What lies between a universal header and the first slice is
 * not among them, since it never moves. *whole is all of the file, which the list has views into:
 * release it after the list. Errors: ERROR_IO, ERROR_MALFORMED, without the file's name. */
bool file_unclaimed_find(const struct image_file *file, struct mapping *whole,
                         struct unclaimed_list *list, struct error *error);

#endif
