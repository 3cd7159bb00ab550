/* Open worlds: why images that the walked programs do not have may ask for their exports. */
#ifndef VAFIT_PROGRAM_OPEN_WORLD_H
#define VAFIT_PROGRAM_OPEN_WORLD_H

#include "base/arena.h"
#include "base/options.h"
#include "program/image_file.h"
#include "program/load_order.h"

#include <stddef.h>

/* Looks for what keeps the world of the programs from being closed, and adds a sentence each to
 * *reasons, in the arena:
 * - a dylib that is missing, though it may be: weak, or as the search allows;
 * - an image with LC_LAZY_LOAD_DYLIB_INFO, whose dylib is loaded at its first use;
 * - in the folders that hold the programs' images, not in folders below them, a bundle that no
 *   program loads (with -bundle_loader it imports from the executable);
 * - a Mach-O file there that no program loads and whose name a C string of an image ends in, as a
 *   whole part of a path. Strings that are system paths do not count; nor do NAME.unstripped and
 *   the new files of a run.
 * `files` are all files of the programs. What cannot be read, or is more than OPEN_WORLD_MOST
 * entries, is a reason too. */
enum { OPEN_WORLD_MOST = 100000 };
void open_world_find(struct arena *arena, struct program *const *programs, size_t program_count,
                     struct image_file *const *files, size_t file_count,
                     struct string_list *reasons);

#endif
