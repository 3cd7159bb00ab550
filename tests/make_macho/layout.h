/* Where everything in an image lies: segments, sections, and the parts of __LINKEDIT. */
#ifndef MAKE_MACHO_LAYOUT_H
#define MAKE_MACHO_LAYOUT_H

#include "image.h"
#include "symbols.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The parts of __LINKEDIT in their order. */
enum part {
    PART_FIXUPS,
    PART_EXPORTS,
    PART_FUNCTION_STARTS,
    PART_DATA_IN_CODE,
    PART_ENTRIES,
    PART_INDIRECT,
    PART_STRINGS,
    PART_SIGNATURE, /* empty where the architecture has none */
    PART_COUNT,
};

/* Bytes in the file. */
struct range {
    uint64_t offset;
    uint64_t size;
};

struct section {
    const char *name;
    size_t segment; /* index */
    uint64_t address;
    uint64_t size;      /* bytes */
    uint32_t alignment; /* as a power of two */
    uint32_t flags;
};

struct mapping {
    struct segment memory;
    struct range file;
};

enum { MOST_SECTIONS = 4, NO_SEGMENT = -1 };

struct layout {
    const struct image *image;
    struct mapping *segments; /* as many as the image has; in the arena given */
    int text;                 /* indexes of segments, or NO_SEGMENT */
    int data_const;
    int data;
    int linkedit;
    struct section sections[MOST_SECTIONS]; /* __text is the first */
    size_t section_count;
    size_t data_section; /* number of __data, from 1; 0 for none */
    struct range parts[PART_COUNT];
    size_t locals;  /* symbols: stabs among them */
    size_t exports; /* symbols */
    size_t imports; /* symbols, and as many pointers in __got */
};

/* Takes the image's segments and puts them into the file. Errors: ERROR_USAGE. */
bool layout_segments(struct layout *layout, const struct image *image, struct arena *arena,
                     struct error *error);
/* How many imports the segments have room for. */
size_t layout_import_limit(const struct layout *layout);
/* Makes the sections; __text has no place yet. */
void layout_sections(struct layout *layout, size_t imports);
/* Puts __text after a header of that many bytes, load commands included. Errors: ERROR_USAGE. */
bool layout_text(struct layout *layout, uint64_t header_size, struct error *error);

/* Where symbols may lie. */
struct place layout_functions(const struct layout *layout);
struct place layout_variables(const struct layout *layout);

/* The bytes that __LINKEDIT leaves for the parts whose size in `sizes` is 0. */
uint64_t layout_room(const struct layout *layout, const uint64_t sizes[PART_COUNT]);
/* Places all parts by their sizes in bytes, the signature aside, which follows from the rest. The
 * string pool takes what is left over. Errors: ERROR_USAGE. */
bool layout_linkedit(struct layout *layout, const uint64_t sizes[PART_COUNT], struct error *error);
/* The bytes of the file. */
uint64_t layout_file_size(const struct layout *layout);
/* The file's name without folders. */
const char *layout_leaf(const struct layout *layout);

#endif
