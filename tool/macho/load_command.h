/* Load commands: the list after the header that says what an image is made of. */
#ifndef VAFIT_MACHO_LOAD_COMMAND_H
#define VAFIT_MACHO_LOAD_COMMAND_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The commands vafit reads, by the names of <mach-o/loader.h>. */
enum load_command_number {
    LC_SYMTAB = 0x2,
    LC_THREAD = 0x4,
    LC_UNIXTHREAD = 0x5,
    LC_IDENT = 0x8,
    LC_DYSYMTAB = 0xb,
    LC_LOAD_DYLIB = 0xc,
    LC_ID_DYLIB = 0xd,
    LC_LOAD_DYLINKER = 0xe,
    LC_ID_DYLINKER = 0xf,
    LC_PREBOUND_DYLIB = 0x10,
    LC_SUB_FRAMEWORK = 0x12,
    LC_SUB_UMBRELLA = 0x13,
    LC_SUB_CLIENT = 0x14,
    LC_SUB_LIBRARY = 0x15,
    LC_PREBIND_CKSUM = 0x17,
    LC_ROUTINES_64 = 0x1a,
    LC_SEGMENT_64 = 0x19,
    LC_UUID = 0x1b,
    LC_CODE_SIGNATURE = 0x1d,
    LC_SEGMENT_SPLIT_INFO = 0x1e,
    LC_LAZY_LOAD_DYLIB = 0x20,
    LC_ENCRYPTION_INFO = 0x21,
    LC_DYLD_INFO = 0x22,
    LC_VERSION_MIN_MACOSX = 0x24,
    LC_VERSION_MIN_IPHONEOS = 0x25,
    LC_FUNCTION_STARTS = 0x26,
    LC_DYLD_ENVIRONMENT = 0x27,
    LC_DATA_IN_CODE = 0x29,
    LC_SOURCE_VERSION = 0x2a,
    LC_DYLIB_CODE_SIGN_DRS = 0x2b,
    LC_ENCRYPTION_INFO_64 = 0x2c,
    LC_LINKER_OPTION = 0x2d,
    LC_LINKER_OPTIMIZATION_HINT = 0x2e,
    LC_VERSION_MIN_TVOS = 0x2f,
    LC_VERSION_MIN_WATCHOS = 0x30,
    LC_NOTE = 0x31,
    LC_BUILD_VERSION = 0x32,
    LC_ATOM_INFO = 0x36,
    LC_FUNCTION_VARIANTS = 0x37,
    LC_FUNCTION_VARIANT_FIXUPS = 0x38,
    LC_TARGET_TRIPLE = 0x39,
    LC_LAZY_LOAD_DYLIB_INFO = 0x3a,
};

/* LC_REQ_DYLD: dyld refuses an image with such a command that it does not know. */
#define LC_REQ_DYLD UINT32_C(0x80000000)
#define LC_LOAD_WEAK_DYLIB (0x18 | LC_REQ_DYLD)
#define LC_RPATH (0x1c | LC_REQ_DYLD)
#define LC_REEXPORT_DYLIB (0x1f | LC_REQ_DYLD)
#define LC_DYLD_INFO_ONLY (0x22 | LC_REQ_DYLD)
#define LC_LOAD_UPWARD_DYLIB (0x23 | LC_REQ_DYLD)
#define LC_MAIN (0x28 | LC_REQ_DYLD)
#define LC_DYLD_EXPORTS_TRIE (0x33 | LC_REQ_DYLD)
#define LC_DYLD_CHAINED_FIXUPS (0x34 | LC_REQ_DYLD)

/* One command of a list. */
struct load_command {
    size_t index;       /* its place in the list, from 0 */
    uint32_t number;    /* LC_... */
    struct bytes bytes; /* all cmdsize bytes, of the list that was given */
};

/* Walks a list of `count` commands in `list`. Zero-initialise it but for these two. */
struct load_command_walk {
    struct bytes list; /* the sizeofcmds bytes after the header */
    uint32_t count;    /* ncmds */
    uint32_t index;
    size_t offset; /* of the next command in `list` */
};

/* Steps to the next command; false at the end (error->kind is ERROR_NONE) and for a malformed one:
 * cmdsize under 8, past the end of the list, or under what the command's own fields need; for the
 * commands whose size dyld holds to be exact (mach_o/UnsafeHeader.cpp), any other size. */
bool load_command_next(struct load_command_walk *walk, struct load_command *command,
                       struct error *error);

/* "LC_SYMTAB"; "0x99" for a number without a name. The text of `buffer` is used for the latter. */
const char *load_command_name(uint32_t number, char buffer[16]);
/* Whether the command is in vafit's table, so that all it places in the file is known. */
bool load_command_known(uint32_t number);
/* Whether all that the command places is known: it is in the table, or has nothing but zeros after
 * its header, so that it names no place. */
bool load_command_places_known(const struct load_command *command);
/* The number of a command that load_command_name names; 0 for an unknown name. */
uint32_t load_command_number_of(const char *name);
/* Fills *error with "load command 3 (LC_SYMTAB) FIELD". Returns false. */
bool load_command_error(struct error *error, const struct load_command *command, const char *field,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The NUL-terminated string at the offset that the 32-bit field at `field_offset` holds; it lies
 * after `fixed_size` bytes of fields and ends inside the command. Points into the command. */
bool load_command_string(const struct load_command *command, size_t field_offset, size_t fixed_size,
                         const char *field, const char **string, struct error *error);

#endif
