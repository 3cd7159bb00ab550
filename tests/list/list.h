/* What tests/list prints of a slice. */
#ifndef VAFIT_LIST_LIST_H
#define VAFIT_LIST_LIST_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/image.h"

#include <stdbool.h>

/* The unslid address of __TEXT, from which a part's offsets count. */
uint64_t list_base(const struct image *image);

/* Each prints a part of __LINKEDIT, a line each; false with *error where it cannot be read. */
bool list_exports(struct bytes part, const struct image *image, struct error *error);
bool list_functions(struct bytes part, const struct image *image, struct error *error);

#endif
