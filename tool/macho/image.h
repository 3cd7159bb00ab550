/* An image: the header and load commands of one slice, read once into values. */
#ifndef VAFIT_MACHO_IMAGE_H
#define VAFIT_MACHO_IMAGE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "macho/architecture.h"
#include "macho/dylib_use.h"
#include "macho/linkedit.h"
#include "macho/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* mach_header_64's filetype, for the images that are loaded. */
enum image_type { MH_EXECUTE = 2, MH_DYLIB = 6, MH_BUNDLE = 8 };

/* IMAGE_HEADER_SIZE: bytes of a mach_header_64. IMAGE_MOST_COMMANDS: the most bytes of load
 * commands that vafit reads; a thousand dylibs fill a tenth of a MiB. */
enum { IMAGE_HEADER_SIZE = 32, IMAGE_MOST_COMMANDS = 16 << 20 };

struct rpaths {
    const char **items; /* in the order of the load commands */
    size_t count;
    size_t capacity;
};

/* LC_SYMTAB's two tables, inside the slice; all 0 for an image without it. */
struct symtab_place {
    uint64_t symbols_offset; /* bytes from the start of the slice */
    uint64_t symbol_count;
    uint64_t strings_offset;
    uint64_t strings_size; /* bytes */
};

/* Everything lives in the arena given to image_parse; strings point into the bytes given to it. */
struct image {
    const struct architecture *architecture;
    enum image_type type;
    uint32_t platform;        /* PLATFORM_... of build_version.h, as dyld takes it; 0: not known */
    uint32_t minimum_version; /* of macOS, as build_version.h has versions; 0: not known */
    const char *install_name; /* LC_ID_DYLIB; NULL for others */
    bool has_uuid;
    uint8_t uuid[16];
    struct segments segments;
    struct dylib_uses dylibs;
    struct rpaths rpaths;
    struct rpaths environment;   /* LC_DYLD_ENVIRONMENTs, "DYLD_LIBRARY_PATH=..." */
    struct linkedit_parts parts; /* sorted by file offset */
    struct symtab_place symtab;
    uint64_t page_zero;      /* vmsize of __PAGEZERO, bytes; 0 without */
    uint64_t lowest_address; /* unslid, of all segments but __PAGEZERO */
    uint64_t vm_space;       /* bytes that dyld reserves for it */
    uint64_t linkedit_size;  /* vmsize of __LINKEDIT, bytes */
};

/* Whether a slice begins as an image that is loaded does, and is not an object file or an archive:
 * what follows may still be malformed. */
bool image_begins(struct bytes head);
/* Checks the mach_header_64 in the first IMAGE_HEADER_SIZE bytes of a slice of `slice_size` bytes
 * and says how many bytes image_parse needs: header and load commands. Errors: ERROR_MALFORMED. */
bool image_head_size(struct bytes head, uint64_t slice_size, size_t *size, struct error *error);

/* A walk over the load commands of a head that image_head_size measured. */
struct load_command_walk image_commands(struct bytes head);

/* Reads header and load commands. `head` is at least as many bytes as image_head_size said and must
 * outlive the image. `architecture` is what the universal header calls the slice.
 * The rules are those under which dyld refuses an image (mach_o/UnsafeHeader.cpp and, for the
 * places of __LINKEDIT's parts, Image.cpp). Errors: ERROR_MALFORMED naming the field. */
bool image_parse(struct arena *arena, struct bytes head, uint64_t slice_size,
                 const struct architecture *architecture, struct image *image, struct error *error);

/* Fills page_zero, lowest_address, vm_space and linkedit_size from architecture and segments, as
 * image_parse does; for an image whose segments come from elsewhere. */
void image_measure(struct image *image);

/* Reads a UUID of 32 hexadecimal digits, with dashes anywhere between them; false, and untouched,
 * for any other text. */
bool image_uuid_read(const char *text, uint8_t uuid[16]);

/* The unslid address of the header, from which offsets in other parts count: that of __TEXT. */
uint64_t image_base(const struct image *image);

/* "executable", "dylib", "bundle". */
const char *image_type_name(enum image_type type);

#endif
