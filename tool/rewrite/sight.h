/* Sight: what one reader sees of a slice, so that two readers can be held against each other. vafit
 * and vafit-lief each fill it from a reader of their own and share nothing but this. */
#ifndef VAFIT_REWRITE_SIGHT_H
#define VAFIT_REWRITE_SIGHT_H

#include "base/bytes.h"

#include <jansson.h>
#include <stdint.h>

/* As JSON it is an object, all numbers whole:
 *   "header"        cpu_type, cpu_subtype, file_type, ncmds, sizeofcmds, flags
 *   "commands"      of each number, size, offset in the slice, fingerprint of its bytes
 *   "segments"      as struct sight_segment has them
 *   "sections"      as struct sight_section has them, those of all segments in their order
 *   "symbols"       as struct sight_symbol has them, the first SIGHT_SYMBOLS of the symbol table
 *   "symbol_table"  count, and fingerprint of all symbols
 * vafit-lief prints {"schema": SIGHT_SCHEMA, "slices": [...]}. */
#define SIGHT_SCHEMA "vafit.sight/1"
enum { SIGHT_SYMBOLS = 20 };

struct sight_header {
    uint32_t cpu_type;
    uint32_t cpu_subtype; /* with its capability byte */
    uint32_t file_type;
    uint32_t ncmds;
    uint32_t sizeofcmds; /* bytes */
    uint32_t flags;
};

struct sight_segment {
    const char *name;
    uint64_t vmaddr;
    uint64_t vmsize;   /* bytes */
    uint64_t fileoff;  /* bytes from the start of the slice */
    uint64_t filesize; /* bytes */
    uint32_t maxprot;
    uint32_t initprot;
    uint32_t nsects;
    uint32_t flags;
};

struct sight_section {
    const char *name; /* without its segment's */
    uint64_t addr;
    uint64_t size; /* bytes; left out of the JSON for a type without contents in the file */
    uint32_t offset;
    uint32_t align; /* the exponent of two */
    uint32_t type;  /* the last byte of flags */
    uint32_t reserved[3];
};

struct sight_symbol {
    const char *name;
    uint8_t type;
    uint8_t section;
    uint16_t description;
    uint64_t value;
};

/* A slice while it is looked at. */
struct sight {
    json_t *slice;
    uint64_t symbol_count;
    uint64_t symbol_fingerprint;
};

void sight_begin(struct sight *sight, const struct sight_header *header);
void sight_command(struct sight *sight, uint32_t number, uint32_t size, uint64_t offset,
                   struct bytes command);
void sight_segment(struct sight *sight, const struct sight_segment *segment);
void sight_section(struct sight *sight, const struct sight_section *section);
void sight_symbol(struct sight *sight, const struct sight_symbol *symbol);
/* The whole. New: the caller releases it. */
json_t *sight_end(struct sight *sight);

#endif
