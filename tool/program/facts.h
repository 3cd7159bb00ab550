/* Facts: what check needs to know of image files, as a small JSON file that a build can cache.
 * Schema "vafit.facts/1"; the members are described in docs/reports.md. */
#ifndef VAFIT_PROGRAM_FACTS_H
#define VAFIT_PROGRAM_FACTS_H

#include "base/arena.h"
#include "base/error.h"
#include "program/image_file.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct facts {
    struct image_file **items; /* in the arena */
    size_t count;
    size_t capacity;
};

/* The facts of files whose images and linkedit sizes were read, as a new JSON value for the caller
 * to release. Slices of other architectures are left out. */
json_t *facts_to_json(struct image_file *const *files, size_t count);
/* Reads what facts_to_json wrote, into the arena. Every number is checked by the same rules as in
 * an image. Errors: ERROR_MALFORMED naming the member, as
 * "images[3].slices[0].segments[1].vm_size". */
bool facts_from_json(struct arena *arena, const char *text, size_t size, struct facts *facts,
                     struct error *error);

#endif
