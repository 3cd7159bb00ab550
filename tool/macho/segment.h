/* Segments: what of a file is mapped where. */
#ifndef VAFIT_MACHO_SEGMENT_H
#define VAFIT_MACHO_SEGMENT_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/format.h"
#include "macho/load_command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct segment {
    char name[17];        /* "__TEXT"; at most 16 characters */
    size_t command;       /* index of its load command */
    uint64_t address;     /* vmaddr: unslid */
    uint64_t vm_size;     /* vmsize: bytes of address space */
    uint64_t file_offset; /* fileoff: bytes from the start of the slice */
    uint64_t file_size;   /* filesize: bytes of the slice that are mapped */
    uint32_t protection;  /* initprot: 1 read, 2 write, 4 execute */
    uint32_t section_count;
    uint64_t code_size; /* bytes of the sections with instructions; at most vm_size */
};

struct segments {
    struct segment *items; /* in load-command order */
    size_t count;
    size_t capacity;
};

/* Reads an LC_SEGMENT_64 of a slice of `slice_size` bytes. The rules are dyld's (mach_o/
 * UnsafeHeader.cpp, validSegment): contents inside the slice, filesize no larger than vmsize unless
 * the segment is neither mapped nor accessible, no address past 47 bits, cmdsize that fits nsects,
 * sections that begin in the segment or after it; those of a segment that is not mapped may be
 * anywhere (Go's __DWARF). Errors: ERROR_MALFORMED. */
bool segment_parse(const struct load_command *command, uint64_t slice_size, struct segment *segment,
                   struct error *error);

/* Whether its sections end in it too, unless it is not mapped: dyld asks that from SDK 11.0 on
 * (Policy::enforceSectionsInSegment). `command` is that of a segment that segment_parse accepted.
 * Errors: ERROR_MALFORMED. */
bool segment_sections_end_inside(const struct load_command *command, const struct segment *segment,
                                 struct error *error);

/* A section of a segment that segment_parse accepted. */
struct section_place {
    uint64_t address; /* unslid; not before its segment, where that is mapped */
    uint64_t size;    /* bytes */
    uint8_t type;     /* the lowest byte of its flags */
};

/* S_CSTRING_LITERALS: NUL-terminated strings, one after the other. */

/* Section i of section_count; `command` is the segment's. */
struct section_place segment_section(const struct load_command *command, uint32_t i);

/* No two segments share an address or a byte of the file (UnsafeHeader.cpp, validSegments). */
bool segments_disjoint(const struct segments *segments, struct error *error);

/* The first of that name, or NULL. */
const struct segment *segments_find(const struct segments *segments, const char *name);

/* vmSpace as dyld reckons it (common/MachOFile.cpp, analyzeSegmentsLayout): from the lowest to the
 * highest address of all segments but __PAGEZERO, holes included, rounded up to `page_size`. Bytes.
 * *lowest is that lowest address; both are 0 when there is nothing to map. */
uint64_t segments_vm_space(const struct segments *segments, uint32_t page_size, uint64_t *lowest);

#endif
