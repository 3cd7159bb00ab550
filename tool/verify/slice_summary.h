/* What one reader sees in a slice, so that two readers can be compared. vafit
 * and vafit-lief each fill it from a reader of their own and share nothing but this. */
#ifndef VAFIT_VERIFY_SLICE_SUMMARY_H
#define VAFIT_VERIFY_SLICE_SUMMARY_H

#include "base/bytes.h"

#include <jansson.h>
#include <stdint.h>

/* As JSON it is an object, all numbers whole:
 *   "header"        cpu_type, cpu_subtype, file_type, ncmds, sizeofcmds, flags
 *   "commands"      of each number, size, offset in the slice, fingerprint of its bytes
 *   "segments"      as struct summary_segment has them
 *   "sections"      as struct summary_section has them, those of all segments in their order
 *   "symbols"       as struct summary_symbol has them, the first SUMMARY_SYMBOLS of the symbol
 * table "symbol_table"  count, and fingerprint of all symbols vafit-lief prints {"schema":
 * SUMMARY_SCHEMA, "slices": [...]}. */
#define SUMMARY_SCHEMA "vafit.slice_summary/1"
enum { SUMMARY_SYMBOLS = 20 };

struct summary_header {
    uint32_t cpu_type;
    uint32_t cpu_subtype; /* with its capability byte */
    uint32_t file_type;
    uint32_t ncmds;
    uint32_t sizeofcmds; /* bytes */
    uint32_t flags;
};

struct summary_segment {
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

struct summary_section {
    const char *name; /* without its segment's */
    uint64_t addr;
    uint64_t size; /* bytes; left out of the JSON for a type without contents in the file */
    uint32_t offset;
    uint32_t align; /* the exponent of two */
    uint32_t type;  /* the last byte of flags */
    uint32_t reserved[3];
};

struct summary_symbol {
    const char *name;
    uint8_t type;
    uint8_t section;
    uint16_t description;
    uint64_t value;
};

/* A slice while it is looked at. */
struct slice_summary {
    json_t *slice;
    uint64_t symbol_count;
    uint64_t symbol_fingerprint;
};

void summary_begin(struct slice_summary *summary, const struct summary_header *header);
void summary_command(struct slice_summary *summary, uint32_t number, uint32_t size, uint64_t offset,
                     struct bytes command);
void summary_segment(struct slice_summary *summary, const struct summary_segment *segment);
void summary_section(struct slice_summary *summary, const struct summary_section *section);
void summary_symbol(struct slice_summary *summary, const struct summary_symbol *symbol);
/* The whole. New: the caller releases it. */
json_t *summary_end(struct slice_summary *summary);

#endif
