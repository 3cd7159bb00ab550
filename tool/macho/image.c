#include "macho/image.h"

#include "macho/magic.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct parser {
    struct arena *arena;
    struct image *image;
    uint64_t slice_size;
    struct error *error;
    bool has_symtab;
    bool has_dysymtab;
    bool has_dyld_info;
    bool has_chained_fixups;
    bool has_exports_trie;
    bool has_signature;
};

const char *image_type_name(enum image_type type) {
    switch (type) {
    case IMAGE_EXECUTABLE:
        return "executable";
    case IMAGE_DYLIB:
        return "dylib";
    case IMAGE_BUNDLE:
        return "bundle";
    }
    return "";
}

static bool type_known(uint32_t type) {
    return type == IMAGE_EXECUTABLE || type == IMAGE_DYLIB || type == IMAGE_BUNDLE;
}

bool image_head_size(struct bytes head, uint64_t slice_size, size_t *size, struct error *error) {
    if (head.size < IMAGE_HEADER_SIZE)
        return error_malformed(error, "mach_header", "the slice ends inside it");
    if (bytes_u32(head, 0) != MH_MAGIC_64)
        return error_malformed(error, "mach_header magic",
                               "0x%08" PRIx32 " is not that of a 64-bit Mach-O file",
                               bytes_u32(head, 0));
    if (!type_known(bytes_u32(head, 12)))
        return error_malformed(error, "mach_header filetype",
                               "%" PRIu32
                               " is neither an executable (2), a dylib (6) nor a bundle (8)",
                               bytes_u32(head, 12));
    uint32_t commands = bytes_u32(head, 20);
    if (!range_within(IMAGE_HEADER_SIZE, commands, slice_size))
        return error_malformed(error, "mach_header sizeofcmds",
                               "%" PRIu32 " bytes run past the end of the slice, %" PRIu64 " bytes",
                               commands, slice_size);
    if (commands > IMAGE_MOST_COMMANDS)
        return error_malformed(error, "mach_header sizeofcmds",
                               "%" PRIu32 " bytes are more than the %d that vafit reads", commands,
                               IMAGE_MOST_COMMANDS);
    *size = IMAGE_HEADER_SIZE + (size_t)commands;
    return true;
}

/* Notes that a command of which dyld takes one was seen; false when it was before. */
static bool once(struct parser *parser, const struct load_command *command, bool *seen) {
    if (*seen)
        return load_command_error(parser->error, command, "cmd", "comes twice");
    *seen = true;
    return true;
}

static bool read_segment(struct parser *parser, const struct load_command *command) {
    struct segment *segment = vector_push(parser->arena, &parser->image->segments);
    return segment_parse(command, parser->slice_size, segment, parser->error);
}

static bool read_symtab(struct parser *parser, const struct load_command *command) {
    if (!once(parser, command, &parser->has_symtab))
        return false;
    parser->image->symtab = (struct symtab_place){
        .symbols_offset = bytes_u32(command->bytes, 8),
        .symbol_count = bytes_u32(command->bytes, 12),
        .strings_offset = bytes_u32(command->bytes, 16),
        .strings_size = bytes_u32(command->bytes, 20),
    };
    return true;
}

static bool read_dysymtab(struct parser *parser, const struct load_command *command) {
    return once(parser, command, &parser->has_dysymtab);
}

static bool read_dyld_info(struct parser *parser, const struct load_command *command) {
    if (parser->has_chained_fixups || parser->has_exports_trie)
        return load_command_error(parser->error, command, "cmd",
                                  "stands beside chained fixups, which take its place");
    return once(parser, command, &parser->has_dyld_info);
}

static bool read_chained_fixups(struct parser *parser, const struct load_command *command) {
    if (parser->has_dyld_info)
        return load_command_error(parser->error, command, "cmd",
                                  "stands beside LC_DYLD_INFO, which it takes the place of");
    return once(parser, command, &parser->has_chained_fixups);
}

static bool read_exports_trie(struct parser *parser, const struct load_command *command) {
    return once(parser, command, &parser->has_exports_trie);
}

static bool read_signature(struct parser *parser, const struct load_command *command) {
    return once(parser, command, &parser->has_signature);
}

static bool read_install_name(struct parser *parser, const struct load_command *command) {
    if (parser->image->type != IMAGE_DYLIB)
        return load_command_error(parser->error, command, "cmd", "only a dylib has one");
    if (parser->image->install_name != NULL)
        return load_command_error(parser->error, command, "cmd", "comes twice");
    return load_command_string(command, 8, 24, "name", &parser->image->install_name, parser->error);
}

static bool read_rpath(struct parser *parser, const struct load_command *command) {
    const char **rpath = vector_push(parser->arena, &parser->image->rpaths);
    return load_command_string(command, 8, 12, "path", rpath, parser->error);
}

static bool read_uuid(struct parser *parser, const struct load_command *command) {
    if (!once(parser, command, &parser->image->has_uuid))
        return false;
    memcpy(parser->image->uuid, command->bytes.data + 8, sizeof parser->image->uuid);
    return true;
}

static bool read_dylib_use(struct parser *parser, const struct load_command *command) {
    struct dylib_use *use = vector_push(parser->arena, &parser->image->dylibs);
    return dylib_use_parse(command, use, parser->error);
}

struct reader {
    uint32_t number;
    bool (*read)(struct parser *parser, const struct load_command *command);
};

static const struct reader readers[] = {
    {LC_SEGMENT_64, read_segment},
    {LC_SYMTAB, read_symtab},
    {LC_DYSYMTAB, read_dysymtab},
    {LC_DYLD_INFO, read_dyld_info},
    {LC_DYLD_INFO_ONLY, read_dyld_info},
    {LC_DYLD_CHAINED_FIXUPS, read_chained_fixups},
    {LC_DYLD_EXPORTS_TRIE, read_exports_trie},
    {LC_CODE_SIGNATURE, read_signature},
    {LC_ID_DYLIB, read_install_name},
    {LC_RPATH, read_rpath},
    {LC_UUID, read_uuid},
    {LC_LOAD_DYLIB, read_dylib_use},
    {LC_LOAD_WEAK_DYLIB, read_dylib_use},
    {LC_REEXPORT_DYLIB, read_dylib_use},
    {LC_LOAD_UPWARD_DYLIB, read_dylib_use},
    {LC_LAZY_LOAD_DYLIB, read_dylib_use},
};

static bool read_command(struct parser *parser, const struct load_command *command) {
    linkedit_add_parts(parser->arena, command, &parser->image->parts);
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (readers[i].number == command->number)
            return readers[i].read(parser, command);
    return true;
}

static bool read_commands(struct parser *parser, struct bytes head) {
    struct load_command_walk walk = {.count = bytes_u32(head, 16)};
    struct load_command command;
    bytes_part(head, IMAGE_HEADER_SIZE, bytes_u32(head, 20), &walk.list);
    while (load_command_next(&walk, &command, parser->error))
        if (!read_command(parser, &command))
            return false;
    return parser->error->kind == ERROR_NONE;
}

static bool text_valid(const struct image *image, size_t head_size, struct error *error) {
    const struct segment *text = segments_find(&image->segments, "__TEXT");
    if (text == NULL)
        return error_malformed(error, "load commands", "there is no __TEXT segment");
    if (text->file_offset != 0 || text->file_size < head_size || text->vm_size < head_size)
        return error_malformed(error, "load commands",
                               "__TEXT does not hold the header and the load commands");
    return true;
}

/* What holds of the image as a whole. */
static bool image_valid(const struct parser *parser, size_t head_size) {
    struct image *image = parser->image;
    const struct segment *linkedit = segments_find(&image->segments, "__LINKEDIT");
    if (!text_valid(image, head_size, parser->error) ||
        !segments_disjoint(&image->segments, parser->error))
        return false;
    if (image->type == IMAGE_DYLIB && image->install_name == NULL)
        return error_malformed(parser->error, "load commands", "a dylib without LC_ID_DYLIB");
    if (parser->has_dysymtab && !parser->has_symtab)
        return error_malformed(parser->error, "load commands", "LC_DYSYMTAB without LC_SYMTAB");
    return linkedit_parts_valid(&image->parts, linkedit, parser->error);
}

bool image_parse(struct arena *arena, struct bytes head, uint64_t slice_size,
                 const struct architecture *architecture, struct image *image,
                 struct error *error) {
    size_t head_size;
    memset(image, 0, sizeof *image);
    if (!image_head_size(head, slice_size, &head_size, error))
        return false;
    const struct architecture *own = architecture_of(bytes_u32(head, 4), bytes_u32(head, 8));
    if (own == NULL || strcmp(own->name, architecture->name) != 0)
        return error_malformed(error, "mach_header cputype",
                               "0x%" PRIx32 " is not the %s of the universal header",
                               bytes_u32(head, 4), architecture->name);
    image->architecture = own;
    image->type = (enum image_type)bytes_u32(head, 12);
    struct parser parser = {
        .arena = arena, .image = image, .slice_size = slice_size, .error = error};
    bytes_part(head, 0, head_size, &head);
    if (!read_commands(&parser, head) || !image_valid(&parser, head_size))
        return false;
    image_measure(image);
    return true;
}

void image_measure(struct image *image) {
    const struct segment *page_zero = segments_find(&image->segments, "__PAGEZERO");
    const struct segment *linkedit = segments_find(&image->segments, "__LINKEDIT");
    image->page_zero = page_zero == NULL ? 0 : page_zero->vm_size;
    image->linkedit_size = linkedit == NULL ? 0 : linkedit->vm_size;
    image->vm_space =
        segments_vm_space(&image->segments, image->architecture->page_size, &image->lowest_address);
}
