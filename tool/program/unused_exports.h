/* Exports that nobody in a closed world asks for: how many an image has, and what they take. */
#ifndef VAFIT_PROGRAM_UNUSED_EXPORTS_H
#define VAFIT_PROGRAM_UNUSED_EXPORTS_H

#include "base/error.h"
#include "program/closed_world.h"
#include "program/image_file.h"

#include <stdbool.h>

/* Counts the exports of a slice of an open file that `world` does not keep, and the bytes by which
 * the trie is smaller without them than with all of them, as levels symbols and exports write it.
 * Errors: ERROR_IO; ERROR_MALFORMED for a trie that cannot be read. Neither names the file. */
bool unused_exports_read(const struct image_file *file, const struct image_slice *slice,
                         const struct closed_world *world, struct unused_exports *unused,
                         struct error *error);

#endif
