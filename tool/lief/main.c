/* vafit-lief FILE: prints what LIEF sees of an image file, for `vafit verify` to hold against what
 * vafit sees (verify/slice_summary.h has the form). A program of its own, since LIEF 0.9.0 ends the
 * process that gives it a file it does not like. Exit status: 0, 2 for a wrong command line, 3 when
 * LIEF reads nothing, 4 when the result cannot be written. */
#include "base/error.h"
#include "verify/slice_summary.h"

#include <LIEF/MachO.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void see_header(struct slice_summary *summary, const Macho_Header_t *header) {
    const struct summary_header seen = {
        .cpu_type = (uint32_t)header->cpu_type,
        .cpu_subtype = header->cpu_subtype,
        .file_type = (uint32_t)header->file_type,
        .ncmds = header->nb_cmds,
        .sizeofcmds = header->sizeof_cmds,
        .flags = header->flags,
    };
    summary_begin(summary, &seen);
}

static void see_command(struct slice_summary *summary, const Macho_Command_t *command) {
    const struct bytes bytes = {command->data, command->data == NULL ? 0 : command->size};
    summary_command(summary, (uint32_t)command->command, command->size, command->offset, bytes);
}

static void see_segment(struct slice_summary *summary, const Macho_Segment_t *segment) {
    const struct summary_segment seen = {
        .name = segment->name,
        .vmaddr = segment->virtual_address,
        .vmsize = segment->virtual_size,
        .fileoff = segment->file_offset,
        .filesize = segment->file_size,
        .maxprot = segment->max_protection,
        .initprot = segment->init_protection,
        .nsects = segment->numberof_sections,
        .flags = segment->flags,
    };
    summary_segment(summary, &seen);
}

static void see_section(struct slice_summary *summary, const Macho_Section_t *section) {
    const struct summary_section seen = {
        .name = section->name,
        .addr = section->virtual_address,
        .size = section->size,
        .offset = (uint32_t)section->offset,
        .align = section->alignment,
        .type = (uint32_t)section->type,
        .reserved = {section->reserved1, section->reserved2, section->reserved3},
    };
    summary_section(summary, &seen);
}

static void see_symbol(struct slice_summary *summary, const Macho_Symbol_t *symbol) {
    const struct summary_symbol seen = {symbol->name, symbol->type, symbol->numberof_sections,
                                        symbol->description, symbol->value};
    summary_symbol(summary, &seen);
}

/* nsyms of LC_SYMTAB. After the symbol table's, LIEF lists symbols that only the exports trie has.
 */
static uint32_t table_count(Macho_Command_t *const *commands) {
    uint32_t count = 0;
    for (size_t i = 0; commands[i] != NULL; i++)
        if (commands[i]->command == LIEF_MACHO_LC_SYMTAB && commands[i]->size >= 16)
            memcpy(&count, commands[i]->data + 12, sizeof count);
    return count;
}

static json_t *see(const Macho_Binary_t *binary) {
    struct slice_summary summary;
    uint32_t symbols = table_count(binary->commands);
    see_header(&summary, &binary->header);
    for (size_t i = 0; binary->commands[i] != NULL; i++)
        see_command(&summary, binary->commands[i]);
    for (size_t i = 0; binary->segments[i] != NULL; i++)
        see_segment(&summary, binary->segments[i]);
    for (size_t i = 0; binary->sections[i] != NULL; i++)
        see_section(&summary, binary->sections[i]);
    for (size_t i = 0; i < symbols && binary->symbols[i] != NULL; i++)
        see_symbol(&summary, binary->symbols[i]);
    return summary_end(&summary);
}

/* LIEF logs to standard output: what it says goes to standard error, and the result to the returned
 * stream. NULL after an error. */
static FILE *keep_output_clean(void) {
    int output = dup(STDOUT_FILENO);
    if (output < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return NULL;
    return fdopen(output, "w");
}

static bool print(FILE *output, json_t *slices) {
    json_t *whole = json_object();
    json_object_set_new(whole, "schema", json_string(SUMMARY_SCHEMA));
    json_object_set_new(whole, "slices", slices);
    bool printed = json_dumpf(whole, output, JSON_COMPACT) == 0 && fputc('\n', output) != EOF;
    json_decref(whole);
    return fclose(output) == 0 && printed;
}

#ifdef __APPLE__
#define SYMBOL_PREFIX "_"
#else
#define SYMBOL_PREFIX ""
#endif

/* std::set_new_handler: LIEF is C++ and takes memory by `new` alone. Without it, LIEF goes on with
 * what it has read so far, which would pass for all that there is. */
void set_new_handler(void (*handler)(void)) __asm__(SYMBOL_PREFIX "_ZSt15set_new_handlerPFvvE");

static _Noreturn void out_of_new(void) {
    static const char message[] = "vafit-lief: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    _exit(ERROR_IO);
}

int main(int argc, char **argv) {
    set_new_handler(out_of_new);
    if (argc != 2) {
        fputs("usage: vafit-lief FILE\n", stderr);
        return ERROR_USAGE;
    }
    FILE *output = keep_output_clean();
    if (output == NULL)
        return ERROR_IO;
    Macho_Binary_t **binaries = macho_parse(argv[1]);
    if (binaries == NULL || binaries[0] == NULL)
        return ERROR_MALFORMED;
    json_t *slices = json_array();
    for (size_t i = 0; binaries[i] != NULL; i++)
        json_array_append_new(slices, see(binaries[i]));
    macho_binaries_destroy(binaries);
    return print(output, slices) ? 0 : ERROR_IO;
}
