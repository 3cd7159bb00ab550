#include "macho/load_command.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct command_row {
    uint32_t number;
    uint32_t size; /* bytes of its fixed fields */
    bool exact;    /* cmdsize is `size` and nothing else */
    const char *name;
};

static const struct command_row rows[] = {
    {LC_SYMTAB, 24, true, "LC_SYMTAB"},
    {LC_THREAD, 8, false, "LC_THREAD"},
    {LC_UNIXTHREAD, 8, false, "LC_UNIXTHREAD"},
    {LC_IDENT, 8, false, "LC_IDENT"},
    {LC_DYSYMTAB, 80, true, "LC_DYSYMTAB"},
    {LC_LOAD_DYLIB, 24, false, "LC_LOAD_DYLIB"},
    {LC_ID_DYLIB, 24, false, "LC_ID_DYLIB"},
    {LC_LOAD_DYLINKER, 12, false, "LC_LOAD_DYLINKER"},
    {LC_ID_DYLINKER, 12, false, "LC_ID_DYLINKER"},
    {LC_PREBOUND_DYLIB, 8, false, "LC_PREBOUND_DYLIB"},
    {LC_SUB_FRAMEWORK, 12, false, "LC_SUB_FRAMEWORK"},
    {LC_SUB_UMBRELLA, 8, false, "LC_SUB_UMBRELLA"},
    {LC_SUB_CLIENT, 8, false, "LC_SUB_CLIENT"},
    {LC_SUB_LIBRARY, 8, false, "LC_SUB_LIBRARY"},
    {LC_PREBIND_CKSUM, 8, false, "LC_PREBIND_CKSUM"},
    {LC_ROUTINES_64, 72, false, "LC_ROUTINES_64"},
    {LC_SEGMENT_64, 72, false, "LC_SEGMENT_64"},
    {LC_UUID, 24, true, "LC_UUID"},
    {LC_CODE_SIGNATURE, 16, true, "LC_CODE_SIGNATURE"},
    {LC_SEGMENT_SPLIT_INFO, 16, true, "LC_SEGMENT_SPLIT_INFO"},
    {LC_LAZY_LOAD_DYLIB, 24, false, "LC_LAZY_LOAD_DYLIB"},
    {LC_ENCRYPTION_INFO, 20, false, "LC_ENCRYPTION_INFO"},
    {LC_DYLD_INFO, 48, true, "LC_DYLD_INFO"},
    {LC_VERSION_MIN_MACOSX, 16, false, "LC_VERSION_MIN_MACOSX"},
    {LC_VERSION_MIN_IPHONEOS, 16, false, "LC_VERSION_MIN_IPHONEOS"},
    {LC_FUNCTION_STARTS, 16, true, "LC_FUNCTION_STARTS"},
    {LC_DYLD_ENVIRONMENT, 12, false, "LC_DYLD_ENVIRONMENT"},
    {LC_DATA_IN_CODE, 16, true, "LC_DATA_IN_CODE"},
    {LC_SOURCE_VERSION, 16, false, "LC_SOURCE_VERSION"},
    {LC_DYLIB_CODE_SIGN_DRS, 16, false, "LC_DYLIB_CODE_SIGN_DRS"},
    {LC_ENCRYPTION_INFO_64, 24, false, "LC_ENCRYPTION_INFO_64"},
    {LC_LINKER_OPTION, 12, false, "LC_LINKER_OPTION"},
    {LC_LINKER_OPTIMIZATION_HINT, 16, false, "LC_LINKER_OPTIMIZATION_HINT"},
    {LC_VERSION_MIN_TVOS, 16, false, "LC_VERSION_MIN_TVOS"},
    {LC_VERSION_MIN_WATCHOS, 16, false, "LC_VERSION_MIN_WATCHOS"},
    {LC_NOTE, 40, false, "LC_NOTE"},
    {LC_BUILD_VERSION, 24, false, "LC_BUILD_VERSION"},
    {LC_ATOM_INFO, 16, true, "LC_ATOM_INFO"},
    {LC_FUNCTION_VARIANTS, 16, true, "LC_FUNCTION_VARIANTS"},
    {LC_FUNCTION_VARIANT_FIXUPS, 16, true, "LC_FUNCTION_VARIANT_FIXUPS"},
    {LC_TARGET_TRIPLE, 8, false, "LC_TARGET_TRIPLE"},
    {LC_LAZY_LOAD_DYLIB_INFO, 16, false, "LC_LAZY_LOAD_DYLIB_INFO"},
    {LC_LOAD_WEAK_DYLIB, 24, false, "LC_LOAD_WEAK_DYLIB"},
    {LC_RPATH, 12, false, "LC_RPATH"},
    {LC_REEXPORT_DYLIB, 24, false, "LC_REEXPORT_DYLIB"},
    {LC_DYLD_INFO_ONLY, 48, true, "LC_DYLD_INFO_ONLY"},
    {LC_LOAD_UPWARD_DYLIB, 24, false, "LC_LOAD_UPWARD_DYLIB"},
    {LC_MAIN, 24, true, "LC_MAIN"},
    {LC_DYLD_EXPORTS_TRIE, 16, true, "LC_DYLD_EXPORTS_TRIE"},
    {LC_DYLD_CHAINED_FIXUPS, 16, true, "LC_DYLD_CHAINED_FIXUPS"},
};

static const struct command_row *row_of(uint32_t number) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].number == number)
            return &rows[i];
    return NULL;
}

const char *load_command_name(uint32_t number, char buffer[16]) {
    const struct command_row *row = row_of(number);
    if (row != NULL)
        return row->name;
    snprintf(buffer, 16, "0x%" PRIx32, number);
    return buffer;
}

bool load_command_known(uint32_t number) {
    return row_of(number) != NULL;
}

bool load_command_places_known(const struct load_command *command) {
    size_t i = 8;
    while (i < command->bytes.size && command->bytes.data[i] == 0)
        i++;
    return load_command_known(command->number) || i == command->bytes.size;
}

uint32_t load_command_number_of(const char *name) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].number;
    return 0;
}

bool load_command_error(struct error *error, const struct load_command *command, const char *field,
                        const char *format, ...) {
    char buffer[16], name[160], what[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(name, sizeof name, "load command %zu (%s) %s", command->index,
             load_command_name(command->number, buffer), field);
    return error_malformed(error, name, "%s", what);
}

static bool size_valid(const struct load_command *command, uint32_t size, struct error *error) {
    const struct command_row *row = row_of(command->number);
    if (row == NULL)
        return true;
    if (size < row->size)
        return load_command_error(
            error, command, "cmdsize",
            "%" PRIu32 " bytes are fewer than its %" PRIu32 " bytes of fields", size, row->size);
    if (row->exact && size != row->size)
        return load_command_error(error, command, "cmdsize",
                                  "%" PRIu32 " bytes where dyld wants exactly %" PRIu32, size,
                                  row->size);
    return true;
}

bool load_command_next(struct load_command_walk *walk, struct load_command *command,
                       struct error *error) {
    struct bytes head;
    error->kind = ERROR_NONE;
    if (walk->index == walk->count)
        return false;
    command->index = walk->index;
    command->number = 0;
    if (!bytes_part(walk->list, walk->offset, 8, &head))
        return error_malformed(error, "mach_header ncmds",
                               "%" PRIu32
                               " load commands do not fit in sizeofcmds, %zu bytes; %" PRIu32 " do",
                               walk->count, walk->list.size, walk->index);
    command->number = bytes_u32(head, 0);
    uint32_t size = bytes_u32(head, 4);
    if (size < 8)
        return load_command_error(error, command, "cmdsize",
                                  "%" PRIu32 " bytes are fewer than the 8 of any load command",
                                  size);
    if (!bytes_part(walk->list, walk->offset, size, &command->bytes))
        return load_command_error(error, command, "cmdsize",
                                  "%" PRIu32 " bytes run past the end of the load commands", size);
    walk->offset += size;
    walk->index++;
    return size_valid(command, size, error);
}

bool load_command_string(const struct load_command *command, size_t field_offset, size_t fixed_size,
                         const char *field, const char **string, struct error *error) {
    uint32_t offset = bytes_u32(command->bytes, field_offset);
    if (offset < fixed_size || offset >= command->bytes.size)
        return load_command_error(error, command, field,
                                  "offset %" PRIu32 " lies outside the command's string part, "
                                  "bytes %zu to %zu",
                                  offset, fixed_size, command->bytes.size);
    const uint8_t *start = command->bytes.data + offset;
    if (memchr(start, '\0', command->bytes.size - offset) == NULL)
        return load_command_error(error, command, field, "the string has no end");
    *string = (const char *)start;
    return true;
}
