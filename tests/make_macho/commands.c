#include "commands.h"

#include "random.h"

#include <string.h>

enum {
    LC_REQ_DYLD = INT32_MIN, /* the top bit */
    LC_SYMTAB = 0x02,
    LC_DYSYMTAB = 0x0b,
    LC_LOAD_DYLIB = 0x0c,
    LC_ID_DYLIB = 0x0d,
    LC_LOAD_DYLINKER = 0x0e,
    LC_LOAD_WEAK_DYLIB = 0x18 | LC_REQ_DYLD,
    LC_SEGMENT_64 = 0x19,
    LC_UUID = 0x1b,
    LC_RPATH = 0x1c | LC_REQ_DYLD,
    LC_CODE_SIGNATURE = 0x1d,
    LC_REEXPORT_DYLIB = 0x1f | LC_REQ_DYLD,
    LC_LAZY_LOAD_DYLIB = 0x20,
    LC_LOAD_UPWARD_DYLIB = 0x23 | LC_REQ_DYLD,
    LC_FUNCTION_STARTS = 0x26,
    LC_MAIN = 0x28 | LC_REQ_DYLD,
    LC_DATA_IN_CODE = 0x29,
    LC_SOURCE_VERSION = 0x2a,
    LC_BUILD_VERSION = 0x32,
    LC_DYLD_EXPORTS_TRIE = 0x33 | LC_REQ_DYLD,
    LC_DYLD_CHAINED_FIXUPS = 0x34 | LC_REQ_DYLD,
};

enum {
    HEADER_SIZE = 32,
    COMMAND_ALIGNMENT = 8,
    READ = 1,
    WRITE = 2,
    EXECUTE = 4,
    SG_READ_ONLY = 0x10,
    MH_NOUNDEFS = 0x1,
    MH_DYLDLINK = 0x4,
    MH_TWOLEVEL = 0x80,
    MH_NO_REEXPORTED_DYLIBS = 0x100000,
    MH_PIE = 0x200000,
    PLATFORM_MACOS = 1,
    MACOS_13_0 = 13 << 16,
    MACOS_26_0 = 26 << 16,
    VERSION_1_0 = 1 << 16,
    ID_TIME = 1, /* timestamps as Apple's linker has them */
    LOAD_TIME = 2,
    USE_MARKER = 0x1a741800, /* in a timestamp's place: this is a dylib_use_command */
};

/* A load command under construction. */
struct command {
    struct buffer *buffer;
    size_t start; /* where it begins in the buffer */
};

static struct command begin(struct buffer *buffer, int kind) {
    struct command command = {buffer, buffer->size};
    buffer_u32(buffer, (uint32_t)kind);
    buffer_u32(buffer, 0); /* its size, set by end() */
    return command;
}

static void end(struct command command) {
    struct buffer *buffer = command.buffer;
    buffer_align(buffer, COMMAND_ALIGNMENT);
    buffer_set_u32(buffer, command.start + 4, (uint32_t)(buffer->size - command.start));
}

static uint32_t protection_of(const char *segment) {
    if (strcmp(segment, "__PAGEZERO") == 0)
        return 0;
    if (strcmp(segment, "__LINKEDIT") == 0)
        return READ;
    return strncmp(segment, "__TEXT", 6) == 0 ? READ | EXECUTE : READ | WRITE;
}

static void write_section(const struct layout *layout, const struct section *section,
                          struct buffer *buffer) {
    const struct mapping *segment = &layout->segments[section->segment];
    buffer_field(buffer, section->name, 16);
    buffer_field(buffer, segment->memory.name, 16);
    buffer_u64(buffer, section->address);
    buffer_u64(buffer, section->size);
    buffer_u32(buffer,
               (uint32_t)(segment->file.offset + section->address - segment->memory.address));
    buffer_u32(buffer, section->alignment);
    buffer_u32(buffer, 0); /* relocations */
    buffer_u32(buffer, 0);
    buffer_u32(buffer, section->flags);
    buffer_u32(buffer, 0); /* of __got: its first entry in the indirect symbol table */
    buffer_u32(buffer, 0);
    buffer_u32(buffer, 0);
}

static uint32_t count_sections(const struct layout *layout, size_t segment) {
    uint32_t count = 0;
    for (size_t i = 0; i < layout->section_count; i++)
        count += layout->sections[i].segment == segment;
    return count;
}

static void write_segment(const struct layout *layout, size_t index, struct buffer *buffer) {
    const struct mapping *segment = &layout->segments[index];
    uint32_t protection = protection_of(segment->memory.name);
    struct command command = begin(buffer, LC_SEGMENT_64);
    buffer_field(buffer, segment->memory.name, 16);
    buffer_u64(buffer, segment->memory.address);
    buffer_u64(buffer, segment->memory.size);
    buffer_u64(buffer, segment->file.offset);
    buffer_u64(buffer, segment->file.size);
    buffer_u32(buffer, protection); /* the most it may be given, and the first it gets */
    buffer_u32(buffer, protection);
    buffer_u32(buffer, count_sections(layout, index));
    buffer_u32(buffer, (int)index == layout->data_const ? SG_READ_ONLY : 0);
    for (size_t i = 0; i < layout->section_count; i++)
        if (layout->sections[i].segment == index)
            write_section(layout, &layout->sections[i], buffer);
    end(command);
}

static void write_part(const struct layout *layout, int kind, enum part part,
                       struct buffer *buffer) {
    struct command command = begin(buffer, kind);
    buffer_u32(buffer, (uint32_t)layout->parts[part].offset);
    buffer_u32(buffer, (uint32_t)layout->parts[part].size);
    end(command);
}

static void write_symtab(const struct layout *layout, struct buffer *buffer) {
    struct command command = begin(buffer, LC_SYMTAB);
    buffer_u32(buffer, (uint32_t)layout->parts[PART_ENTRIES].offset);
    buffer_u32(buffer, (uint32_t)(layout->parts[PART_ENTRIES].size / NLIST_SIZE));
    buffer_u32(buffer, (uint32_t)layout->parts[PART_STRINGS].offset);
    buffer_u32(buffer, (uint32_t)layout->parts[PART_STRINGS].size);
    end(command);
}

static void write_dysymtab(const struct layout *layout, struct buffer *buffer) {
    uint32_t locals = (uint32_t)layout->locals;
    uint32_t exports = (uint32_t)layout->exports;
    uint32_t indirect = (uint32_t)layout->parts[PART_INDIRECT].size / 4;
    struct command command = begin(buffer, LC_DYSYMTAB);
    buffer_u32(buffer, 0);
    buffer_u32(buffer, locals);
    buffer_u32(buffer, locals);
    buffer_u32(buffer, exports);
    buffer_u32(buffer, locals + exports);
    buffer_u32(buffer, (uint32_t)layout->imports);
    for (int i = 0; i < 6; i++)
        buffer_u32(buffer, 0); /* contents, modules, references: long out of use */
    buffer_u32(buffer, indirect == 0 ? 0 : (uint32_t)layout->parts[PART_INDIRECT].offset);
    buffer_u32(buffer, indirect);
    for (int i = 0; i < 4; i++)
        buffer_u32(buffer, 0); /* relocations */
    end(command);
}

static void write_library(int kind, const char *name, uint32_t timestamp, struct buffer *buffer) {
    struct command command = begin(buffer, kind);
    buffer_u32(buffer, 24); /* the name's offset */
    buffer_u32(buffer, timestamp);
    buffer_u32(buffer, VERSION_1_0); /* current */
    buffer_u32(buffer, VERSION_1_0); /* compatible */
    buffer_string(buffer, name);
    end(command);
}

static void write_library_use(const struct load *load, struct buffer *buffer) {
    struct command command = begin(buffer, LC_LOAD_WEAK_DYLIB);
    buffer_u32(buffer, 28); /* the name's offset */
    buffer_u32(buffer, USE_MARKER);
    buffer_u32(buffer, VERSION_1_0);
    buffer_u32(buffer, VERSION_1_0);
    buffer_u32(buffer, load->flags);
    buffer_string(buffer, load->name);
    end(command);
}

static void write_load(const struct load *load, struct buffer *buffer) {
    static const int commands[] = {
        [LOAD_NORMAL] = LC_LOAD_DYLIB,       [LOAD_WEAK] = LC_LOAD_WEAK_DYLIB,
        [LOAD_REEXPORT] = LC_REEXPORT_DYLIB, [LOAD_UPWARD] = LC_LOAD_UPWARD_DYLIB,
        [LOAD_LAZY] = LC_LAZY_LOAD_DYLIB,
    };
    if (load->kind == LOAD_USE)
        write_library_use(load, buffer);
    else
        write_library(commands[load->kind], load->name, LOAD_TIME, buffer);
}

/* One that holds a path and nothing else. */
static void write_path(int kind, const char *path, struct buffer *buffer) {
    struct command command = begin(buffer, kind);
    buffer_u32(buffer, 12); /* the path's offset */
    buffer_string(buffer, path);
    end(command);
}

static void write_uuid(const struct layout *layout, struct buffer *buffer) {
    uint64_t hash = hash_text(layout_leaf(layout), layout->image->seed);
    struct command command = begin(buffer, LC_UUID);
    buffer_u64(buffer, hash);
    buffer_u64(buffer, hash_number(hash));
    uint8_t *uuid = buffer->data + buffer->size - 16;
    uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40); /* a random UUID, as RFC 4122 marks it */
    uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
    end(command);
}

static void write_versions(struct buffer *buffer) {
    struct command build = begin(buffer, LC_BUILD_VERSION);
    buffer_u32(buffer, PLATFORM_MACOS);
    buffer_u32(buffer, MACOS_13_0); /* the oldest it runs on */
    buffer_u32(buffer, MACOS_26_0); /* the SDK */
    buffer_u32(buffer, 0);          /* tools */
    end(build);
    struct command source = begin(buffer, LC_SOURCE_VERSION);
    buffer_u64(buffer, 0);
    end(source);
}

static void write_main(const struct layout *layout, struct buffer *buffer) {
    const struct mapping *text = &layout->segments[layout->text];
    struct command command = begin(buffer, LC_MAIN);
    buffer_u64(buffer, layout->sections[0].address - text->memory.address);
    buffer_u64(buffer, 0); /* stack size */
    end(command);
}

static void write_libraries(const struct image *image, struct buffer *buffer) {
    for (size_t i = 0; i < image->load_count; i++)
        write_load(&image->loads[i], buffer);
    for (size_t i = 0; i < image->rpath_count; i++)
        write_path(LC_RPATH, image->rpaths[i], buffer);
}

static void write_commands(const struct layout *layout, struct buffer *buffer) {
    const struct image *image = layout->image;
    for (size_t i = 0; i < image->segment_count; i++)
        write_segment(layout, i, buffer);
    if (image->type == IMAGE_DYLIB)
        write_library(LC_ID_DYLIB, image->install_name, ID_TIME, buffer);
    write_part(layout, LC_DYLD_CHAINED_FIXUPS, PART_FIXUPS, buffer);
    write_part(layout, LC_DYLD_EXPORTS_TRIE, PART_EXPORTS, buffer);
    write_symtab(layout, buffer);
    write_dysymtab(layout, buffer);
    if (image->type == IMAGE_EXECUTE)
        write_path(LC_LOAD_DYLINKER, "/usr/lib/dyld", buffer);
    write_uuid(layout, buffer);
    write_versions(buffer);
    if (image->type == IMAGE_EXECUTE)
        write_main(layout, buffer);
    write_libraries(image, buffer);
    write_part(layout, LC_FUNCTION_STARTS, PART_FUNCTION_STARTS, buffer);
    write_part(layout, LC_DATA_IN_CODE, PART_DATA_IN_CODE, buffer);
    if (image->architecture->is_signed)
        write_part(layout, LC_CODE_SIGNATURE, PART_SIGNATURE, buffer);
}

static uint32_t flags_of(const struct image *image) {
    uint32_t flags = MH_NOUNDEFS | MH_DYLDLINK | MH_TWOLEVEL;
    if (image->type == IMAGE_EXECUTE)
        return flags | MH_PIE;
    if (image->type == IMAGE_BUNDLE)
        return flags;
    for (size_t i = 0; i < image->load_count; i++)
        if (image->loads[i].kind == LOAD_REEXPORT)
            return flags;
    return flags | MH_NO_REEXPORTED_DYLIBS;
}

static uint32_t count_commands(const struct buffer *commands) {
    uint32_t count = 0;
    for (size_t offset = 0; offset < commands->size; count++) {
        const uint8_t *size = commands->data + offset + 4;
        offset += (size_t)size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16;
    }
    return count;
}

void commands_write(const struct layout *layout, struct buffer *buffer) {
    const struct image *image = layout->image;
    struct buffer commands = {0};
    write_commands(layout, &commands);
    buffer_u32(buffer, 0xfeedfacf);
    buffer_u32(buffer, image->architecture->cpu_type);
    buffer_u32(buffer, image->architecture->cpu_subtype);
    buffer_u32(buffer, (uint32_t)image->type);
    buffer_u32(buffer, count_commands(&commands));
    buffer_u32(buffer, (uint32_t)commands.size);
    buffer_u32(buffer, flags_of(image));
    buffer_u32(buffer, 0); /* reserved */
    buffer_bytes(buffer, commands.data, commands.size);
    buffer_free(&commands);
}
