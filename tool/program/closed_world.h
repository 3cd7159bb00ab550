/* A closed world: all programs of a build, and which of their exports anyone in it can ask for. */
#ifndef VAFIT_PROGRAM_CLOSED_WORLD_H
#define VAFIT_PROGRAM_CLOSED_WORLD_H

#include "base/error.h"
#include "base/name_set.h"
#include "base/options.h"
#include "macho/exports_trie.h"
#include "program/image_file.h"

#include <stdbool.h>
#include <stddef.h>

/* What of it a user says. */
struct world_rules {
    struct string_list keep; /* globs of exports, "_foo*", that stay */
    bool ignore_strings;     /* no export stays only because a C string names it */
};

/* Zero-initialised it is a world in which nobody asks for anything, so that only those exports stay
 * that every world keeps. Release with closed_world_free. */
struct closed_world {
    struct name_set wanted;  /* names that images import or define weakly, and that strings name */
    struct string_list keep; /* of the rules; not owned */
    bool is_open;            /* an image could not be read: all exports stay */
};

/* Reads all slices of all files, whose images were read; files are opened anew. The same files make
 * the same world. errors[i] is why files[i] could not be read:
 * ERROR_IO, ERROR_MALFORMED, naming the file; ERROR_NONE where it was. Memory: eight bytes an
 * import and an export, and 64 KiB a thread. */
void closed_world_read(struct closed_world *world, struct image_file *const *files, size_t count,
                       const struct world_rules *rules, struct error *errors);
void closed_world_free(struct closed_world *world);

/* Asks for the exports of one trie, in the order of an exports_cursor and without leaving one out.
 * Set `world` and zero the rest; release with world_filter_free. */
struct world_filter {
    const struct closed_world *world;
    struct name_hasher hasher;
};

/* Whether an export stays, whatever image has it: its name is wanted, or one of the rules' globs
 * matches it; it is a re-export or a weak definition; it is an operator new or delete, which takes
 * the place of that of the system (dyld: common/MachOFile.cpp, the list of names treated as weak
 * definitions), or __mh_execute_header. An exports_keep of macho/write/exports_trie.h, whose
 * context is the filter. */
bool world_filter_keeps(void *context, const struct export *export);
void world_filter_free(struct world_filter *filter);

#endif
