/* dump_macho: prints what vafit reads in a Mach-O file, to be held against what LLVM reads.
 *
 *     dump_macho exports FILE      as llvm-objdump-19 --macho --exports-trie, by the order of names
 *     dump_macho functions FILE    as llvm-objdump-19 --macho --function-starts=addrs
 *     dump_macho unwind FILE       as tests/lib/unwind_entries.py puts what llvm-objdump-19 reads
 *     dump_macho eh_frame FILE     as tests/lib/frames.py puts what llvm-dwarfdump-19 reads
 *     dump_macho fixups FILE       as tests/lib/fixups.py puts what llvm-objdump-19 reads
 *
 * Fixups are printed in their order, a line each:
 *
 *     import ORDINAL SYMBOL ADDEND [weak]          what chained fixups import
 *     rebase ADDRESS TARGET                        the target with its topmost byte
 *     bind ADDRESS ORDINAL SYMBOL ADDEND [weak]
 *     lazy ADDRESS ORDINAL SYMBOL ADDEND [weak]
 *     weak ADDRESS SYMBOL ADDEND
 *     strong SYMBOL
 *
 * All slices that vafit judges, one after the other. Exit status 3 for what cannot be read, with
 * vafit's message. */
#include "dump.h"

#include "base/mapping.h"
#include "macho/fixup_walk.h"
#include "program/image_cache.h"
#include "verbs/common_options.h"

#include <stdio.h>
#include <string.h>

static bool is_exports(const char *part) {
    return strcmp(part, "exports trie") == 0;
}

static bool is_functions(const char *part) {
    return strcmp(part, "function starts") == 0;
}

static bool is_unwind(const char *part) {
    return strcmp(part, "__unwind_info") == 0;
}

static bool is_eh_frame(const char *part) {
    return strcmp(part, "__eh_frame") == 0;
}

static const struct dumper {
    const char *name;
    bool (*takes)(const char *part);
    bool (*dump)(const struct dumped *part, struct error *error);
} dumpers[] = {
    {"eh_frame", is_eh_frame, dump_eh_frame},  {"exports", is_exports, dump_exports},
    {"fixups", fixup_walk_reads, dump_fixups}, {"functions", is_functions, dump_functions},
    {"unwind", is_unwind, dump_unwind},
};

/* The sections of __TEXT that the dumper takes. `command` is that of a segment. */
static bool dump_sections(const struct dumper *dumper, const struct load_command *command,
                          struct dumped *part, struct error *error) {
    uint32_t count = bytes_u32(command->bytes, 64);
    for (uint32_t i = 0; i < count; i++) {
        size_t at = 72 + (size_t)i * 80;
        char name[17] = {0};
        memcpy(name, command->bytes.data + at, 16);
        part->name = name;
        part->address = bytes_u64(command->bytes, at + 32);
        if (dumper->takes(name) &&
            bytes_part(part->slice, bytes_u32(command->bytes, at + 48),
                       bytes_u64(command->bytes, at + 40), &part->bytes) &&
            !dumper->dump(part, error))
            return false;
    }
    return true;
}

static bool dump_text(const struct dumper *dumper, struct dumped *part, struct error *error) {
    struct load_command_walk walk = image_commands(part->slice);
    struct load_command command;
    while (load_command_next(&walk, &command, error))
        if (command.number == LC_SEGMENT_64 && memcmp(command.bytes.data + 8, "__TEXT", 7) == 0 &&
            !dump_sections(dumper, &command, part, error))
            return false;
    return error->kind == ERROR_NONE;
}

static bool dump_slice(const struct dumper *dumper, const struct image_file *file,
                       const struct image_slice *slice, struct error *error) {
    const struct linkedit_parts *parts = &slice->image->parts;
    struct mapping mapping;
    bool good = image_file_map_slice(file, slice, &mapping, error);
    for (size_t i = 0; i < parts->count && good; i++) {
        struct dumped part = {
            .name = parts->items[i].name, .slice = mapping.bytes, .image = slice->image};
        bytes_part(mapping.bytes, parts->items[i].file_offset, parts->items[i].size, &part.bytes);
        if (dumper->takes(part.name))
            good = dumper->dump(&part, error);
    }
    struct dumped section = {.slice = mapping.bytes, .image = slice->image};
    good = good && dump_text(dumper, &section, error);
    mapping_free(&mapping);
    return good;
}

static int dump_file(const struct dumper *dumper, const char *path) {
    struct image_cache *cache = image_cache_on_disk();
    const struct image_file *file = operand_read(cache, path);
    int status = file == NULL ? ERROR_MALFORMED : 0;
    for (size_t i = 0; file != NULL && i < file->slice_count && status == 0; i++) {
        struct error error;
        if (!dump_slice(dumper, file, &file->slices[i], &error)) {
            error_in_file(&error, path);
            error_print(stderr, &error);
            status = (int)error.kind;
        }
    }
    errors_print(stderr, image_cache_errors(cache));
    image_cache_free(cache);
    return status;
}

int main(int argc, char **argv) {
    for (size_t i = 0; argc == 3 && i < sizeof dumpers / sizeof dumpers[0]; i++)
        if (strcmp(dumpers[i].name, argv[1]) == 0)
            return dump_file(&dumpers[i], argv[2]);
    fprintf(stderr,
            "dump_macho: usage: dump_macho eh_frame|exports|fixups|functions|unwind FILE\n");
    return ERROR_USAGE;
}
