#include "macho/dylib_use.h"

enum {
    DYLIB_COMMAND_SIZE = 24,
    DYLIB_USE_COMMAND_SIZE = 28,
    /* <mach-o/loader.h>: DYLIB_USE_MARKER, in place of the timestamp of a dylib_command. */
    USE_MARKER = 0x1a741800,
    USE_WEAK = 1,
    USE_REEXPORT = 2,
    USE_UPWARD = 4,
    USE_DELAYED = 8,
};

bool dylib_use_is(uint32_t command_number) {
    switch (command_number) {
    case LC_LOAD_DYLIB:
    case LC_LOAD_WEAK_DYLIB:
    case LC_REEXPORT_DYLIB:
    case LC_LOAD_UPWARD_DYLIB:
    case LC_LAZY_LOAD_DYLIB:
        return true;
    default:
        return false;
    }
}

/* The flags that the command's number stands for in the older form. */
static uint32_t flags_of_number(uint32_t number) {
    switch (number) {
    case LC_LOAD_WEAK_DYLIB:
        return USE_WEAK;
    case LC_REEXPORT_DYLIB:
        return USE_REEXPORT;
    case LC_LOAD_UPWARD_DYLIB:
        return USE_UPWARD;
    default:
        return 0;
    }
}

static bool has_use_form(const struct load_command *command) {
    return bytes_u32(command->bytes, 12) == USE_MARKER &&
           bytes_u32(command->bytes, 8) == DYLIB_USE_COMMAND_SIZE &&
           command->bytes.size > DYLIB_USE_COMMAND_SIZE;
}

bool dylib_use_parse(const struct load_command *command, struct dylib_use *use,
                     struct error *error) {
    uint32_t flags = flags_of_number(command->number);
    if (has_use_form(command))
        flags = bytes_u32(command->bytes, 24);
    *use = (struct dylib_use){
        .command_number = command->number,
        .command = command->index,
        .reexport = (flags & USE_REEXPORT) != 0,
        .upward = (flags & USE_UPWARD) != 0,
    };
    use->weak = (flags & USE_WEAK) != 0 && !use->reexport;
    use->delayed = (flags & USE_DELAYED) != 0 && !use->reexport;
    return load_command_string(command, 8, DYLIB_COMMAND_SIZE, "name", &use->name, error);
}

uint32_t dylib_use_command_of(bool reexport, bool weak, bool upward) {
    if (reexport)
        return LC_REEXPORT_DYLIB;
    if (weak)
        return LC_LOAD_WEAK_DYLIB;
    return upward ? LC_LOAD_UPWARD_DYLIB : LC_LOAD_DYLIB;
}
