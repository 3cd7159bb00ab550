/* __LINKEDIT: the parts that the load commands place in it. Contents are other files' business. */
#ifndef VAFIT_MACHO_LINKEDIT_H
#define VAFIT_MACHO_LINKEDIT_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "macho/load_command.h"
#include "macho/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a part is for, which is also how reports add parts up. */
enum linkedit_use {
    LINKEDIT_FIXUPS,    /* chained fixups; rebase, bind, weak and lazy bind opcodes */
    LINKEDIT_EXPORTS,   /* the exports trie */
    LINKEDIT_SYMBOLS,   /* the nlist table of LC_SYMTAB */
    LINKEDIT_STRINGS,   /* the string pool of LC_SYMTAB */
    LINKEDIT_SIGNATURE, /* the code signature */
    LINKEDIT_OTHER, /* function starts, data in code, the indirect table, what the linker left */
};

struct linkedit_part {
    enum linkedit_use use;
    const char *name;  /* "exports trie": a row of the table, never freed */
    const char *field; /* "dataoff": where its offset stands */
    size_t command;    /* index of the load command that places it */
    uint32_t command_number;
    uint32_t alignment;   /* bytes; what dyld of macOS 27 is reported to demand */
    uint64_t file_offset; /* bytes from the start of the slice */
    uint64_t size;        /* bytes; never 0 */
};

struct linkedit_parts {
    struct linkedit_part
        *items; /* in load-command order until linkedit_parts_valid sorts by offset */
    size_t count;
    size_t capacity;
};

/* The parts that `command` can place, empty ones among them; most commands place none. Returns how
 * many were written to `parts`, at most LINKEDIT_MOST_OF_COMMAND. */
enum { LINKEDIT_MOST_OF_COMMAND = 6 };
size_t linkedit_command_parts(const struct load_command *command,
                              struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND]);
/* Adds those that are not empty. */
void linkedit_add_parts(struct arena *arena, const struct load_command *command,
                        struct linkedit_parts *parts);
/* Writes a new place for the part into the bytes of its load command. The size is a multiple of
 * what the command counts, and both fit in 32 bits. */
void linkedit_part_store(const struct linkedit_part *part, uint64_t file_offset, uint64_t size,
                         uint8_t *command);

/* Fills use, name and alignment of a part from its name; false for an unknown name. */
bool linkedit_part_named(const char *name, struct linkedit_part *part);

/* Sorts the parts by file offset and checks them by dyld's Image::validLinkedit (mach_o/
 * Image.cpp): each inside the mapped file contents of `linkedit`, none over another. `linkedit` is
 * NULL for an image without such a segment, which may have no parts. Alignment is not judged here:
 * up to macOS 26 nothing refuses it. */
bool linkedit_parts_valid(struct linkedit_parts *parts, const struct segment *linkedit,
                          struct error *error);

/* Whether the part begins at a multiple of its alignment. */
bool linkedit_part_aligned(const struct linkedit_part *part);
/* The sum of the sizes of all parts of that use, bytes. */
uint64_t linkedit_use_size(const struct linkedit_parts *parts, enum linkedit_use use);
/* The first part of that use, or NULL. */
const struct linkedit_part *linkedit_find(const struct linkedit_parts *parts,
                                          enum linkedit_use use);

#endif
