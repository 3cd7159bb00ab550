/* A part: a finished dylib that is to become part of a merged image. */
#ifndef VAFIT_MERGE_PART_H
#define VAFIT_MERGE_PART_H

#include "base/arena.h"
#include "base/error.h"
#include "base/mapping.h"
#include "macho/fixup.h"
#include "macho/fixup_walk.h"
#include "program/image_graph.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct part_section {
    char name[17];
    size_t segment;           /* index in image->segments */
    uint64_t address;         /* unslid, in the part */
    uint64_t size;            /* bytes */
    uint64_t file_offset;     /* bytes from the start of the slice; 0 for zero-filled ones */
    uint32_t align;           /* its address is a multiple of 1 << align */
    uint32_t flags;           /* type and attributes */
    uint8_t number;           /* n_sect in the merged image; 0 for none */
    bool stays_initialiser;   /* of a part that needs opcodes */
    uint64_t template_offset; /* of thread-local contents: bytes into the merged template */
};

/* Lives in the arena but for the mapping: release with part_free. */
struct part {
    const struct graph_node *node;
    const struct image *image;
    struct mapping mapping; /* the whole slice */
    struct bytes slice;
    struct bytes head;             /* header and load commands */
    struct bytes linkedit;         /* the file contents of __LINKEDIT */
    struct part_section *sections; /* in load-command order, as n_sect counts them from 1 */
    size_t section_count;
    uint64_t extent; /* bytes of address space without __LINKEDIT, from the lowest address on */
    uint64_t shift;  /* what to add to its unslid addresses, modulo 2^64; known after the layout */
};

struct part_fixups {
    struct fixup *items; /* by rising address, one for each but for part_read_layers */
    size_t count;
    size_t capacity;
};

/* Opens the file anew and reads commands and sections. Errors: ERROR_IO, ERROR_MALFORMED, naming
 * the file. */
bool part_read(struct arena *arena, const struct graph_node *node, struct part *part,
               struct error *error);
void part_free(struct part *part);
/* Lets go of the memory that the file takes; what is read again afterwards comes from the file. */
void part_rest(const struct part *part);
/* Opens the file once more, for copying. Errors: ERROR_IO naming it, also when it was written to
 * since it was read. */
bool part_open(const struct part *part, struct file *file, struct error *error);

/* An image by itself, read like a part. */
struct lone_image {
    struct image_file file;
    struct graph_node node;
    struct part part;
};
/* Opens the thin file at `path`. Must stay where it is; release with lone_image_close, also after
 * an error. Errors: ERROR_IO, ERROR_MALFORMED, naming the file. */
bool lone_image_open(struct arena *arena, const char *path, struct lone_image *image,
                     struct error *error);
/* Likewise, the slice of that architecture of a file that may be universal: the only one that
 * image->file then has. */
bool lone_image_open_slice(struct arena *arena, const char *path,
                           const struct architecture *architecture, struct lone_image *image,
                           struct error *error);
void lone_image_close(struct lone_image *image);

/* All pointers that dyld sets. Of the several that opcodes have for one pointer the last one that
 * dyld applies counts: a weak bind over any other, a bind over a rebase. Symbols point into the
 * part. Errors: ERROR_MALFORMED naming the file. Release items with free(). */
bool part_read_fixups(const struct part *part, struct part_fixups *fixups, struct error *error);
/* Likewise, but for weak binds also what they bind over, which stays where no image has the symbol:
 * two for one pointer, the weak bind first. */
bool part_read_layers(const struct part *part, struct part_fixups *fixups, struct error *error);
bool fixup_is_weak_bind(const struct fixup *fixup);
/* Whether dyld goes by opcodes, LC_DYLD_INFO(_ONLY). */
bool part_has_opcodes(const struct part *part);
/* The one at `address`, the first of two; NULL when there is none. */
const struct fixup *part_fixup_at(const struct part_fixups *fixups, uint64_t address);
/* DYLD_CHAINED_PTR_...; 0 for a part with opcodes, or without fixups. */
uint16_t part_pointer_format(const struct part *part);
/* Bytes of its linkedit part of that name (macho/linkedit.h); empty without. */
struct bytes part_linkedit(const struct part *part, const char *name);
/* Begins a walk over what the opcodes of that name tell; false when the part has none. */
bool part_walk_opcodes(const struct part *part, const char *opcodes, struct fixup_walk *walk);
/* The oldest system that it runs on; 0 when it does not say. */
uint32_t part_minimum_version(const struct part *part);
/* Whether it has opcodes and runs before macOS 12, so that what it is merged into has them too: not
 * every dyld before that knows chained fixups. */
bool part_needs_opcodes(const struct part *part);
/* Whether it has an exports trie, if an empty one: without, dyld goes by the symbol table. */
bool part_has_trie(const struct part *part);
/* Whether it is signed by an identity, and not ad hoc. */
bool part_has_identity(const struct part *part);
/* The section that holds `address`, or begins there; NULL when there is none. */
struct part_section *part_section_at(const struct part *part, uint64_t address);
/* Marks the sections in which the part has symbols: named[i] of section i. */
void part_mark_named(const struct part *part, bool *named);
/* Whether dyld goes by its type and it keeps a header of its own: thread-local variables,
 * terminators, and where opcodes stay also pointers to initialisers. */
bool part_section_is_typed(const struct part_section *section);
/* Whether it has a section of that type. */
bool part_has_type(const struct part *part, uint8_t type);
bool section_is_zero_filled(const struct part_section *section);
uint8_t section_type_of(const struct part_section *section);
/* The bytes of a section in the file; empty for zero-filled ones. */
struct bytes part_section_bytes(const struct part *part, const struct part_section *section);
/* The bytes of a section of __TEXT, as dyld looks it up by its name, and its unslid address; empty
 * without. */
struct bytes part_text_section(const struct part *part, const char *name, uint64_t *address);
/* Whether a segment moves with the part: all do but __LINKEDIT and what is not mapped. */
bool segment_moves(const struct segment *segment);

#endif
