#include "merge/commands.h"

#include "macho/symtab.h"

#include <string.h>

enum {
    NAME_SIZE = 16,
    UUID_SIZE = 16,
};

/* Load commands on their way. */
struct command_writer {
    const struct merge *merge;
    struct buffer *head;
    uint32_t count;
};

static void begin(struct command_writer *writer, uint32_t number, size_t size) {
    buffer_little(writer->head, 4, number);
    buffer_little(writer->head, 4, size);
    writer->count++;
}

static void write_name(struct command_writer *writer, const char *name) {
    char padded[NAME_SIZE] = {0};
    memcpy(padded, name, strnlen(name, NAME_SIZE));
    buffer_add(writer->head, padded, NAME_SIZE);
}

static void write_section(struct command_writer *writer, const struct merged_segment *segment,
                          const struct merged_section *section) {
    write_name(writer, section->name);
    write_name(writer, segment->name);
    buffer_little(writer->head, 8, section->address);
    buffer_little(writer->head, 8, section->size);
    buffer_little(writer->head, 4, section->file_offset);
    buffer_little(writer->head, 4, section->align);
    buffer_take(writer->head, 8); /* no relocations */
    buffer_little(writer->head, 4, section->flags);
    buffer_take(writer->head, 12);
}

static void write_segment(struct command_writer *writer, const struct merged_segment *segment) {
    begin(writer, LC_SEGMENT_64,
          SEGMENT_COMMAND_SIZE + (size_t)segment->section_count * SECTION_SIZE);
    write_name(writer, segment->name);
    buffer_little(writer->head, 8, segment->address);
    buffer_little(writer->head, 8, segment->vm_size);
    buffer_little(writer->head, 8, segment->file_offset);
    buffer_little(writer->head, 8, segment->file_size);
    buffer_little(writer->head, 4, segment->most_protection);
    buffer_little(writer->head, 4, segment->protection);
    buffer_little(writer->head, 4, segment->section_count);
    buffer_little(writer->head, 4, segment->flags);
    for (uint32_t i = 0; i < segment->section_count; i++)
        write_section(writer, segment, &segment->sections[i]);
}

static void write_dylib(struct command_writer *writer, uint32_t number,
                        const struct merged_dylib *dylib) {
    size_t size = (size_t)round_up(DYLIB_COMMAND_SIZE + strlen(dylib->name) + 1, 8);
    begin(writer, number, size);
    buffer_little(writer->head, 4, DYLIB_COMMAND_SIZE);
    buffer_little(writer->head, 4, dylib->timestamp);
    buffer_little(writer->head, 4, dylib->current_version);
    buffer_little(writer->head, 4, dylib->compatibility_version);
    buffer_add(writer->head, dylib->name, strlen(dylib->name) + 1);
    buffer_align(writer->head, 8);
}

static void write_rpath(struct command_writer *writer, const char *path) {
    begin(writer, LC_RPATH, (size_t)round_up(RPATH_COMMAND_SIZE + strlen(path) + 1, 8));
    buffer_little(writer->head, 4, RPATH_COMMAND_SIZE);
    buffer_add(writer->head, path, strlen(path) + 1);
    buffer_align(writer->head, 8);
}

static void write_place(struct command_writer *writer, uint32_t number,
                        const struct linkedit_place *place) {
    if (place->size == 0)
        return;
    begin(writer, number, 16);
    buffer_little(writer->head, 4, writer->merge->linkedit_offset + place->offset);
    buffer_little(writer->head, 4, place->size);
}

/* No lazy binds. */
static void write_opcodes(struct command_writer *writer, const struct linkedit_places *places) {
    const struct linkedit_place none = {0};
    const struct linkedit_place *parts[] = {&places->rebase, &places->bind, &places->weak_bind,
                                            &none, &places->exports};
    begin(writer, LC_DYLD_INFO_ONLY, 48);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        uint64_t start = writer->merge->linkedit_offset + parts[i]->offset;
        buffer_little(writer->head, 4, parts[i]->size == 0 ? 0 : start);
        buffer_little(writer->head, 4, parts[i]->size);
    }
}

static void write_symtab(struct command_writer *writer, const struct linkedit_places *places) {
    const struct merged_contents *made = &writer->merge->made;
    uint64_t start = writer->merge->linkedit_offset;
    begin(writer, LC_SYMTAB, 24);
    buffer_little(writer->head, 4, places->symbols.size == 0 ? 0 : start + places->symbols.offset);
    buffer_little(writer->head, 4, places->symbols.size / NLIST_SIZE);
    buffer_little(writer->head, 4, places->strings.size == 0 ? 0 : start + places->strings.offset);
    buffer_little(writer->head, 4, places->strings.size);
    begin(writer, LC_DYSYMTAB, 80);
    buffer_little(writer->head, 4, 0);
    buffer_little(writer->head, 4, made->local_count);
    buffer_little(writer->head, 4, made->local_count);
    buffer_little(writer->head, 4, made->exported_count);
    buffer_little(writer->head, 4, made->local_count + made->exported_count);
    buffer_little(writer->head, 4, made->undefined_count);
    buffer_take(writer->head, 80 - 32);
}

/* The commands of the part that gives its name: identity and versions. */
static void copy_versions(struct command_writer *writer) {
    const struct part *part = &writer->merge->parts[writer->merge->first_loaded];
    struct load_command_walk walk = image_commands(part->head);
    struct load_command command;
    struct error ignored;
    while (load_command_next(&walk, &command, &ignored))
        if (command.number == LC_BUILD_VERSION || command.number == LC_VERSION_MIN_MACOSX) {
            buffer_add(writer->head, command.bytes.data, command.bytes.size);
            writer->count++;
        }
}

static struct merged_dylib own_name(const struct merge *merge) {
    struct merged_dylib own = {.name = merge->install_name, .timestamp = 1};
    struct load_command_walk walk = image_commands(merge->parts[merge->first_loaded].head);
    struct load_command command;
    struct error ignored;
    while (load_command_next(&walk, &command, &ignored))
        if (command.number == LC_ID_DYLIB) {
            own.current_version = bytes_u32(command.bytes, 16);
            own.compatibility_version = bytes_u32(command.bytes, 20);
        }
    return own;
}

static uint32_t flags_of(const struct merge *merge) {
    const uint32_t any = MH_WEAK_DEFINES | MH_BINDS_TO_WEAK | MH_HAS_TLV_DESCRIPTORS;
    const uint32_t all = MH_NO_REEXPORTED_DYLIBS | MH_APP_EXTENSION_SAFE;
    uint32_t first = bytes_u32(merge->parts[merge->first_loaded].head, MACH_HEADER_FLAGS);
    uint32_t joined = 0, common = all;
    for (size_t i = 0; i < merge->part_count; i++) {
        uint32_t flags = bytes_u32(merge->parts[i].head, MACH_HEADER_FLAGS);
        joined |= flags & any;
        common &= flags;
    }
    return (first & ~(any | all)) | joined | common;
}

static void write_header(const struct merge *merge, struct buffer *head) {
    const struct part *part = &merge->parts[merge->first_loaded];
    buffer_add(head, part->head.data, MACH_HEADER_SIZE);
    bytes_store_little(head->data + MACH_HEADER_FLAGS, 4, flags_of(merge));
}

static void write_names(struct command_writer *writer) {
    const struct merge *merge = writer->merge;
    struct merged_dylib own = own_name(merge);
    write_dylib(writer, LC_ID_DYLIB, &own);
    begin(writer, LC_UUID, 8 + UUID_SIZE);
    buffer_add(writer->head, merge->uuid, UUID_SIZE);
    copy_versions(writer);
    for (size_t i = 0; i < merge->dylibs.count; i++) {
        const struct merged_dylib *dylib = &merge->dylibs.items[i];
        write_dylib(writer, dylib_use_command_of(dylib->reexport, dylib->weak, dylib->upward),
                    dylib);
    }
    for (size_t i = 0; i < merge->rpaths.count; i++)
        write_rpath(writer, merge->rpaths.items[i]);
}

void commands_write(const struct merge *merge, const struct linkedit_places *places,
                    struct buffer *head) {
    struct command_writer writer = {.merge = merge, .head = head};
    write_header(merge, head);
    for (size_t i = 0; i < merge->segment_count; i++)
        write_segment(&writer, &merge->segments[i]);
    if (merge->has_opcodes) {
        write_opcodes(&writer, places);
    } else {
        write_place(&writer, LC_DYLD_CHAINED_FIXUPS, &places->fixups);
        write_place(&writer, LC_DYLD_EXPORTS_TRIE, &places->exports);
    }
    write_symtab(&writer, places);
    write_names(&writer);
    write_place(&writer, LC_FUNCTION_STARTS, &places->function_starts);
    write_place(&writer, LC_DATA_IN_CODE, &places->data_in_code);
    write_place(&writer, LC_CODE_SIGNATURE, &places->signature);
    bytes_store_little(head->data + MACH_HEADER_NCMDS, 4, writer.count);
    bytes_store_little(head->data + MACH_HEADER_SIZEOFCMDS, 4, head->size - MACH_HEADER_SIZE);
}
