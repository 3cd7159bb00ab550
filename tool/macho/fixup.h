/* Fixups: the pointers of an image that dyld sets when it loads it, one by one, whichever way the
 * image lists them: chained_fixups.h and dyld_info.h read the two ways. */
#ifndef VAFIT_MACHO_FIXUP_H
#define VAFIT_MACHO_FIXUP_H

#include "base/bytes.h"
#include "base/text.h"
#include "macho/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* FIXUP_SIZE: bytes of a pointer. The others: ordinals that name no load command
 * (<mach-o/loader.h>, BIND_SPECIAL_DYLIB_...); the lowest that dyld knows is ORDINAL_WEAK. */
enum {
    FIXUP_SIZE = 8,
    ORDINAL_SELF = 0,
    ORDINAL_EXECUTABLE = -1,
    ORDINAL_FLAT = -2, /* whichever image has it, in the order of loading */
    ORDINAL_WEAK = -3  /* the one definition that all images share */
};

/* A symbol that dyld looks up, and where. */
struct import {
    const char *symbol; /* points into the part of __LINKEDIT that was read */
    int32_t ordinal;    /* from 1 on the image's dylibs in their order; or ORDINAL_... */
    bool weak;          /* may be missing; the pointer is then 0 */
    int64_t addend;     /* added to its address */
};

enum fixup_kind {
    FIXUP_REBASE,    /* points into the image itself */
    FIXUP_BIND,      /* gets the address of an import */
    FIXUP_WEAK_BIND, /* gets the shared definition, after all images were bound; opcodes only */
    FIXUP_LAZY_BIND, /* as FIXUP_BIND, at the first call at the latest; opcodes only */
    FIXUP_STRONG     /* no pointer: the image has a strong definition of the symbol that takes the
                        place of weak ones elsewhere; weak bind opcodes only */
};

/* How arm64e signs a pointer. */
struct pointer_signature {
    bool present; /* the pointer is signed; otherwise the rest is 0 */
    bool address_diversity;
    uint8_t key; /* 0 to 3: IA, IB, DA, DB */
    uint16_t diversity;
};

struct fixup {
    enum fixup_kind kind;
    uint64_t address;     /* unslid, of the pointer; 0 for FIXUP_STRONG */
    uint64_t target;      /* FIXUP_REBASE: the unslid address it points to */
    uint8_t high_byte;    /* FIXUP_REBASE of chained fixups: the topmost byte of the pointer */
    struct import import; /* all but FIXUP_REBASE; the addend with what the pointer itself adds */
    struct pointer_signature signature;
    uint64_t lazy_entry; /* FIXUP_LAZY_BIND: where its opcodes begin, bytes into the part; code
                            hands that to dyld, so that it may not change */
};

/* Whether dyld can look there (mach_o/BindOpcodes.cpp, valid; dyld/Loader.cpp, resolveSymbol). */
bool ordinal_valid(int64_t ordinal, const struct image *image);

/* Whether two imports, or fixups, mean the same. */
bool import_same(const struct import *left, const struct import *right);
bool fixup_same(const struct fixup *left, const struct fixup *right);
/* For qsort: imports by symbol, ordinal and the rest; fixups by address, then by kind. */
int import_order(const void *left, const void *right);
int fixup_order(const void *left, const void *right);

/* Adds "_malloc of ordinal 1", with its addend when that is not 0. A long name is cut short. */
void import_describe(const struct import *import, struct text *text);
/* Adds "points to 0x100004000", "binds _malloc of ordinal 1" and the like. */
void fixup_describe(const struct fixup *fixup, struct text *text);
/* Adds "0x100008010 (__DATA)": an address with the segment that holds it. */
void fixup_describe_place(const struct image *image, uint64_t address, struct text *text);

/* The bytes of a segment in `slice`, all of the slice's bytes: what of them is mapped. Empty when
 * `slice` does not hold them. */
struct bytes fixup_segment_contents(const struct segment *segment, struct bytes slice);
/* How many those are. */
uint64_t fixup_segment_size(const struct segment *segment);

#endif
