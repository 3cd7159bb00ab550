/* What a user names of a program. */
#ifndef VAFIT_PROGRAM_PROGRAM_FIND_H
#define VAFIT_PROGRAM_PROGRAM_FIND_H

#include "program/load_order.h"

#include <stdbool.h>
#include <stddef.h>

/* The image loaded under that path, install name or leaf name; false when there is none. */
bool program_find(const struct program *program, const char *name, size_t *image);
/* The system image of that name or leaf name; NULL when none is asked for. */
const struct system_image *program_find_system(const struct program *program, const char *name);

#endif
