#include "macho/linkedit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a load command keeps the offset and the size of a part. */
struct part_field {
    uint32_t command;
    uint8_t offset_at; /* byte in the command of the 32-bit file offset */
    uint8_t size_at;   /* and of its size, or of a count of entries */
    uint8_t entry;     /* bytes an entry; 1 where size_at holds bytes */
    uint8_t alignment;
    enum linkedit_use use;
    const char *name;
    const char *field;
};

/* The alignments: docs/model.md, "macOS 27": every part 8 (dyld of macOS 27 demands it
 * of the string pool too), the indirect table 4, the signature 16. */
static const struct part_field placements[] = {
    {LC_DYLD_CHAINED_FIXUPS, 8, 12, 1, 8, LINKEDIT_FIXUPS, "chained fixups", "dataoff"},
    {LC_DYLD_EXPORTS_TRIE, 8, 12, 1, 8, LINKEDIT_EXPORTS, "exports trie", "dataoff"},
    {LC_DYLD_INFO, 8, 12, 1, 8, LINKEDIT_FIXUPS, "rebase opcodes", "rebase_off"},
    {LC_DYLD_INFO, 16, 20, 1, 8, LINKEDIT_FIXUPS, "bind opcodes", "bind_off"},
    {LC_DYLD_INFO, 24, 28, 1, 8, LINKEDIT_FIXUPS, "weak bind opcodes", "weak_bind_off"},
    {LC_DYLD_INFO, 32, 36, 1, 8, LINKEDIT_FIXUPS, "lazy bind opcodes", "lazy_bind_off"},
    {LC_DYLD_INFO, 40, 44, 1, 8, LINKEDIT_EXPORTS, "exports trie", "export_off"},
    {LC_SYMTAB, 8, 12, 16, 8, LINKEDIT_SYMBOLS, "symbol table", "symoff"},
    {LC_SYMTAB, 16, 20, 1, 8, LINKEDIT_STRINGS, "string pool", "stroff"},
    {LC_DYSYMTAB, 32, 36, 8, 8, LINKEDIT_OTHER, "table of contents", "tocoff"},
    {LC_DYSYMTAB, 40, 44, 56, 8, LINKEDIT_OTHER, "module table", "modtaboff"},
    {LC_DYSYMTAB, 48, 52, 4, 4, LINKEDIT_OTHER, "external references", "extrefsymoff"},
    {LC_DYSYMTAB, 56, 60, 4, 4, LINKEDIT_OTHER, "indirect symbol table", "indirectsymoff"},
    {LC_DYSYMTAB, 64, 68, 8, 4, LINKEDIT_FIXUPS, "external relocations", "extreloff"},
    {LC_DYSYMTAB, 72, 76, 8, 4, LINKEDIT_FIXUPS, "local relocations", "locreloff"},
    {LC_FUNCTION_STARTS, 8, 12, 1, 8, LINKEDIT_OTHER, "function starts", "dataoff"},
    {LC_DATA_IN_CODE, 8, 12, 1, 8, LINKEDIT_OTHER, "data in code", "dataoff"},
    {LC_SEGMENT_SPLIT_INFO, 8, 12, 1, 8, LINKEDIT_OTHER, "segment split info", "dataoff"},
    {LC_DYLIB_CODE_SIGN_DRS, 8, 12, 1, 8, LINKEDIT_OTHER, "dylib code-sign DRs", "dataoff"},
    {LC_LINKER_OPTIMIZATION_HINT, 8, 12, 1, 8, LINKEDIT_OTHER, "linker optimisation hints",
     "dataoff"},
    {LC_ATOM_INFO, 8, 12, 1, 8, LINKEDIT_OTHER, "atom info", "dataoff"},
    {LC_FUNCTION_VARIANTS, 8, 12, 1, 8, LINKEDIT_OTHER, "function variants", "dataoff"},
    {LC_FUNCTION_VARIANT_FIXUPS, 8, 12, 1, 8, LINKEDIT_FIXUPS, "function variant fixups",
     "dataoff"},
    {LC_LAZY_LOAD_DYLIB_INFO, 8, 12, 1, 8, LINKEDIT_FIXUPS, "lazy load info", "dataoff"},
    {LC_CODE_SIGNATURE, 8, 12, 1, 16, LINKEDIT_SIGNATURE, "code signature", "dataoff"},
};

enum { PLACEMENTS = sizeof placements / sizeof placements[0] };

static uint32_t plain_number(uint32_t command) {
    return command == LC_DYLD_INFO_ONLY ? LC_DYLD_INFO : command;
}

static struct linkedit_part part_of(const struct part_field *row,
                                    const struct load_command *command) {
    return (struct linkedit_part){
        .use = row->use,
        .name = row->name,
        .field = row->field,
        .command = command->index,
        .command_number = command->number,
        .alignment = row->alignment,
        .file_offset = bytes_u32(command->bytes, row->offset_at),
        .size = (uint64_t)bytes_u32(command->bytes, row->size_at) * row->entry,
    };
}

size_t linkedit_command_parts(const struct load_command *command,
                              struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND]) {
    size_t count = 0;
    for (size_t i = 0; i < PLACEMENTS; i++)
        if (placements[i].command == plain_number(command->number))
            parts[count++] = part_of(&placements[i], command);
    return count;
}

void linkedit_add_parts(struct arena *arena, const struct load_command *command,
                        struct linkedit_parts *parts) {
    struct linkedit_part found[LINKEDIT_MOST_OF_COMMAND];
    size_t count = linkedit_command_parts(command, found);
    for (size_t i = 0; i < count; i++)
        if (found[i].size != 0)
            *vector_push(arena, parts) = found[i];
}

void linkedit_part_store(const struct linkedit_part *part, uint64_t file_offset, uint64_t size,
                         uint8_t *command) {
    for (size_t i = 0; i < PLACEMENTS; i++) {
        const struct part_field *row = &placements[i];
        if (row->command != plain_number(part->command_number) || row->name != part->name)
            continue;
        bytes_store_little(command + row->offset_at, 4, file_offset);
        bytes_store_little(command + row->size_at, 4, size / row->entry);
    }
}

bool linkedit_part_named(const char *name, struct linkedit_part *part) {
    for (size_t i = 0; i < PLACEMENTS; i++)
        if (strcmp(placements[i].name, name) == 0) {
            *part = (struct linkedit_part){.use = placements[i].use,
                                           .name = placements[i].name,
                                           .field = placements[i].field,
                                           .command_number = placements[i].command,
                                           .alignment = placements[i].alignment};
            return true;
        }
    return false;
}

static void name_field(const struct linkedit_part *part, char *field, size_t size) {
    char buffer[16];
    snprintf(field, size, "load command %zu (%s) %s", part->command,
             load_command_name(part->command_number, buffer), part->field);
}

/* "the string pool, 0x40 bytes at 0x8000, VERDICT 0x9000 to 0xa000" */
static bool part_error(struct error *error, const struct linkedit_part *part, const char *verdict,
                       uint64_t start, uint64_t end) {
    char field[160];
    name_field(part, field, sizeof field);
    return error_malformed(error, field,
                           "the %s, 0x%" PRIx64 " bytes at 0x%" PRIx64 ", %s 0x%" PRIx64
                           " to 0x%" PRIx64,
                           part->name, part->size, part->file_offset, verdict, start, end);
}

static bool missing_linkedit(struct error *error, const struct linkedit_part *part) {
    char field[160];
    name_field(part, field, sizeof field);
    return error_malformed(error, field,
                           "the %s, 0x%" PRIx64 " bytes at 0x%" PRIx64
                           ", lie outside __LINKEDIT, which is missing",
                           part->name, part->size, part->file_offset);
}

static int by_offset(const void *left, const void *right) {
    const struct linkedit_part *a = left, *b = right;
    if (a->file_offset != b->file_offset)
        return a->file_offset < b->file_offset ? -1 : 1;
    return a->command < b->command ? -1 : a->command > b->command;
}

bool linkedit_parts_valid(struct linkedit_parts *parts, const struct segment *linkedit,
                          struct error *error) {
    uint64_t start = linkedit == NULL ? 0 : linkedit->file_offset;
    uint64_t size = linkedit == NULL ? 0 : linkedit->file_size;
    if (linkedit != NULL && linkedit->vm_size < size)
        size = linkedit->vm_size;
    if (parts->count > 1)
        qsort(parts->items, parts->count, sizeof *parts->items, by_offset);
    if (linkedit == NULL && parts->count != 0)
        return missing_linkedit(error, &parts->items[0]);
    for (size_t i = 0; i < parts->count; i++) {
        const struct linkedit_part *part = &parts->items[i];
        if (part->file_offset < start || !range_within(part->file_offset - start, part->size, size))
            return part_error(error, part, "lies outside __LINKEDIT,", start, start + size);
        const struct linkedit_part *before = i > 0 ? part - 1 : NULL;
        if (before != NULL && part->file_offset < before->file_offset + before->size)
            return part_error(error, part, "overlaps the part before it,", before->file_offset,
                              before->file_offset + before->size);
    }
    return true;
}

bool linkedit_part_aligned(const struct linkedit_part *part) {
    return part->file_offset % part->alignment == 0;
}

uint64_t linkedit_use_size(const struct linkedit_parts *parts, enum linkedit_use use) {
    uint64_t size = 0;
    for (size_t i = 0; i < parts->count; i++)
        if (parts->items[i].use == use)
            size += parts->items[i].size;
    return size;
}

const struct linkedit_part *linkedit_find(const struct linkedit_parts *parts,
                                          enum linkedit_use use) {
    for (size_t i = 0; i < parts->count; i++)
        if (parts->items[i].use == use)
            return &parts->items[i];
    return NULL;
}
