/* The opcodes of LC_DYLD_INFO(_ONLY): small programs, one for each kind of fixup, that name pointer
 * after pointer (<mach-o/loader.h>; dyld: mach_o/RebaseOpcodes.cpp, mach_o/BindOpcodes.cpp). */
#ifndef VAFIT_MACHO_DYLD_INFO_H
#define VAFIT_MACHO_DYLD_INFO_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/fixup.h"
#include "macho/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One such program. */
struct opcode_program;

/* The program that is in the part of that name, "bind opcodes"; NULL for any other part. */
const struct opcode_program *opcode_program_named(const char *part);

/* A walk over all fixups of a program. Make it with dyld_info_walk. */
struct dyld_info_walk {
    const struct opcode_program *program;
    const struct image *image;
    struct bytes opcodes;          /* the whole part */
    struct bytes slice;            /* all bytes of the slice */
    uint64_t left;                 /* more fixups than this cannot follow without repeating some */
    size_t at;                     /* of the next opcode, bytes into the part */
    size_t opcode;                 /* of the one before it */
    const struct segment *segment; /* of the next fixup; NULL before one was named */
    uint64_t offset;               /* of the next fixup in the segment, bytes; wraps round */
    uint64_t count;                /* fixups that the current opcode still makes */
    uint64_t step;                 /* from each to the next, bytes; wraps round */
    bool done;
    uint8_t type; /* BIND_TYPE_... or REBASE_TYPE_... */
    const char *symbol;
    const char *strong; /* a strong definition that was named and not yet handed out */
    bool weak;
    bool has_ordinal;
    int64_t ordinal;
    size_t ordinal_at; /* of the opcode that set it, bytes into the part */
    int64_t addend;
    size_t lazy_entry; /* where the current lazy bind's opcodes begin */
};

/* A walk over the part `opcodes` of an image. `slice` is all of the slice's bytes, from which the
 * targets of rebases are read; when it is empty, they are 0. */
struct dyld_info_walk dyld_info_walk(const struct opcode_program *program, struct bytes opcodes,
                                     const struct image *image, struct bytes slice);

/* Steps to the next fixup, in the order of the opcodes. False at the end (error->kind is
 * ERROR_NONE) and for what dyld refuses (valid, in the two files named above): an unknown opcode or
 * type, a number that does not end or fit, a fixup without segment, symbol or ordinal, of an
 * ordinal that names no dylib, outside its segment or in one that cannot be written, opcodes after
 * the end. Text fixups are for 32 bits only; BIND_OPCODE_THREADED, which arm64e had before chained
 * fixups, is not read, nor is it by dyld's mach_o/BindOpcodes.cpp.
 * Stricter than dyld: what is fixed stands in the file, not in memory filled with zeros, and there
 * are not more fixups than that holds pointers, which bounds the work for any input.
 * Errors: ERROR_MALFORMED naming "bind opcodes byte 0x12 (BIND_OPCODE_DO_BIND)". */
bool dyld_info_next(struct dyld_info_walk *walk, struct fixup *fixup, struct error *error);

#endif
