/* What an image loads: each dylib it names, and how. */
#ifndef VAFIT_MACHO_DYLIB_USE_H
#define VAFIT_MACHO_DYLIB_USE_H

#include "base/error.h"
#include "macho/load_command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dylib_use {
    const char *name;        /* the install name asked for, "@rpath/libbase.dylib" */
    uint32_t command_number; /* LC_LOAD_DYLIB or one of its kin */
    size_t command;          /* index of its load command */
    bool weak;               /* may be missing */
    bool reexport;
    bool upward;  /* loaded, but initialised in no order */
    bool delayed; /* initialised at its first use; loaded at launch all the same */
};

struct dylib_uses {
    struct dylib_use
        *items; /* in load-command order, which is dyld's loading order and the ordinals' */
    size_t count;
    size_t capacity;
};

/* Whether the command names a dylib to load. LC_LAZY_LOAD_DYLIB counts: today's dyld skips it
 * (mach_o/UnsafeHeader.cpp, forEachLinkedDylib), older ones load it. */
bool dylib_use_is(uint32_t command_number);
/* The command that says what all uses of a dylib say: re-exported by any, weak or upward by all. */
uint32_t dylib_use_command_of(bool reexport, bool weak, bool upward);
/* Reads such a command, also in the newer dylib_use_command form, told by its timestamp and where
 * its name begins (UnsafeHeader.cpp, loadCommandToDylibKind). As dyld does, a re-exported dylib is
 * neither weak nor delayed. The name points into the command. */
bool dylib_use_parse(const struct load_command *command, struct dylib_use *use,
                     struct error *error);

#endif
