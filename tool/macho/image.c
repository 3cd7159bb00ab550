#include "macho/image.h"

#include "macho/build_version.h"
#include "macho/format.h"
#include "macho/other_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than there are load commands that place parts of __LINKEDIT. */
enum { MOST_PLACING = 32 };

struct image_parser {
    struct arena *arena;
    struct image *image;
    uint64_t slice_size;
    struct build_version version;
    struct error *error;
    uint32_t
        placing[MOST_PLACING]; /* numbers of the commands so far that place parts of __LINKEDIT */
    size_t placing_count;
};

const char *image_type_name(enum image_type type) {
    switch (type) {
    case MH_EXECUTE:
        return "executable";
    case MH_DYLIB:
        return "dylib";
    case MH_BUNDLE:
        return "bundle";
    }
    return "";
}

static bool type_known(uint32_t type) {
    return type == MH_EXECUTE || type == MH_DYLIB || type == MH_BUNDLE;
}

bool image_begins(struct bytes head) {
    return head.size >= 16 && bytes_u32(head, 0) == MH_MAGIC_64 && type_known(bytes_u32(head, 12));
}

/* Of a slice of a universal file: those of a static library are archives. */
static bool reject_magic(struct bytes head, struct error *error) {
    const char *other = other_file_by_contents(head);
    if (other != NULL)
        return error_malformed(error, "mach_header magic", "%s", other);
    return error_malformed(error, "mach_header magic",
                           "0x%08" PRIx32 " is not that of a 64-bit Mach-O file",
                           bytes_u32(head, 0));
}

static bool reject_type(uint32_t type, struct error *error) {
    const char *other = other_file_by_type(type);
    return error_malformed(error, "mach_header filetype",
                           "%" PRIu32
                           " is neither an executable (2), a dylib (6) nor a bundle (8)%s%s",
                           type, other == NULL ? "" : ": ", other == NULL ? "" : other);
}

bool image_head_size(struct bytes head, uint64_t slice_size, size_t *size, struct error *error) {
    if (head.size < IMAGE_HEADER_SIZE)
        return error_malformed(error, "mach_header", "the slice ends inside it");
    if (bytes_u32(head, 0) != MH_MAGIC_64)
        return reject_magic(head, error);
    if (!type_known(bytes_u32(head, 12)))
        return reject_type(bytes_u32(head, 12), error);
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

/* Of a command that places a part of __LINKEDIT dyld takes one (common/MachOLoaded.cpp). */
static bool places_once(struct image_parser *parser, const struct load_command *command) {
    struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND];
    if (linkedit_command_parts(command, parts) == 0)
        return true;
    for (size_t i = 0; i < parser->placing_count; i++)
        if (parser->placing[i] == command->number)
            return load_command_error(parser->error, command, "cmd", "comes twice");
    parser->placing[parser->placing_count++] = command->number;
    return true;
}

static bool has_placed(const struct image_parser *parser, uint32_t number) {
    for (size_t i = 0; i < parser->placing_count; i++)
        if (parser->placing[i] == number)
            return true;
    return false;
}

static bool read_segment(struct image_parser *parser, const struct load_command *command) {
    struct segment *segment = vector_push(parser->arena, &parser->image->segments);
    return segment_parse(command, parser->slice_size, segment, parser->error);
}

static bool read_symtab(struct image_parser *parser, const struct load_command *command) {
    parser->image->symtab = (struct symtab_place){
        .symbols_offset = bytes_u32(command->bytes, 8),
        .symbol_count = bytes_u32(command->bytes, 12),
        .strings_offset = bytes_u32(command->bytes, 16),
        .strings_size = bytes_u32(command->bytes, 20),
    };
    return true;
}

static bool read_dyld_info(struct image_parser *parser, const struct load_command *command) {
    uint32_t other = command->number == LC_DYLD_INFO ? LC_DYLD_INFO_ONLY : LC_DYLD_INFO;
    if (has_placed(parser, LC_DYLD_CHAINED_FIXUPS))
        return load_command_error(parser->error, command, "cmd",
                                  "stands beside chained fixups, which take its place");
    if (has_placed(parser, LC_DYLD_EXPORTS_TRIE))
        return load_command_error(parser->error, command, "cmd",
                                  "stands beside LC_DYLD_EXPORTS_TRIE");
    return !has_placed(parser, other) ||
           load_command_error(parser->error, command, "cmd", "comes twice");
}

static bool read_exports_trie(struct image_parser *parser, const struct load_command *command) {
    if (has_placed(parser, LC_DYLD_INFO) || has_placed(parser, LC_DYLD_INFO_ONLY))
        return load_command_error(parser->error, command, "cmd",
                                  "stands beside LC_DYLD_INFO, which has a trie of its own");
    return true;
}

static bool read_chained_fixups(struct image_parser *parser, const struct load_command *command) {
    if (has_placed(parser, LC_DYLD_INFO) || has_placed(parser, LC_DYLD_INFO_ONLY))
        return load_command_error(parser->error, command, "cmd",
                                  "stands beside LC_DYLD_INFO, which it takes the place of");
    return true;
}

static bool read_install_name(struct image_parser *parser, const struct load_command *command) {
    if (parser->image->type != MH_DYLIB)
        return load_command_error(parser->error, command, "cmd", "only a dylib has one");
    if (parser->image->install_name != NULL)
        return load_command_error(parser->error, command, "cmd", "comes twice");
    return load_command_string(command, 8, 24, "name", &parser->image->install_name, parser->error);
}

static bool read_rpath(struct image_parser *parser, const struct load_command *command) {
    const char **rpath = vector_push(parser->arena, &parser->image->rpaths);
    return load_command_string(command, 8, 12, "path", rpath, parser->error);
}

static bool read_environment(struct image_parser *parser, const struct load_command *command) {
    const char **variable = vector_push(parser->arena, &parser->image->environment);
    return load_command_string(command, 8, 12, "name", variable, parser->error);
}

/* What does not go together is for dyld_rules. */
static void read_platform(struct image_parser *parser, const struct load_command *command) {
    struct build_version told;
    if (build_version_read(command, parser->image->architecture->cpu_type, &told))
        build_version_add(&parser->version, &told);
}

static bool read_uuid(struct image_parser *parser, const struct load_command *command) {
    if (parser->image->has_uuid)
        return load_command_error(parser->error, command, "cmd", "comes twice");
    parser->image->has_uuid = true;
    memcpy(parser->image->uuid, command->bytes.data + 8, sizeof parser->image->uuid);
    return true;
}

static bool read_dylib_use(struct image_parser *parser, const struct load_command *command) {
    struct dylib_use *use = vector_push(parser->arena, &parser->image->dylibs);
    return dylib_use_parse(command, use, parser->error);
}

struct command_reader {
    uint32_t number;
    bool (*read)(struct image_parser *parser, const struct load_command *command);
};

static const struct command_reader readers[] = {
    {LC_SEGMENT_64, read_segment},
    {LC_SYMTAB, read_symtab},
    {LC_DYLD_INFO, read_dyld_info},
    {LC_DYLD_INFO_ONLY, read_dyld_info},
    {LC_DYLD_CHAINED_FIXUPS, read_chained_fixups},
    {LC_DYLD_EXPORTS_TRIE, read_exports_trie},
    {LC_ID_DYLIB, read_install_name},
    {LC_RPATH, read_rpath},
    {LC_DYLD_ENVIRONMENT, read_environment},
    {LC_UUID, read_uuid},
    {LC_LOAD_DYLIB, read_dylib_use},
    {LC_LOAD_WEAK_DYLIB, read_dylib_use},
    {LC_REEXPORT_DYLIB, read_dylib_use},
    {LC_LOAD_UPWARD_DYLIB, read_dylib_use},
    {LC_LAZY_LOAD_DYLIB, read_dylib_use},
};

static bool read_command(struct image_parser *parser, const struct load_command *command) {
    if (!places_once(parser, command))
        return false;
    read_platform(parser, command);
    linkedit_add_parts(parser->arena, command, &parser->image->parts);
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (readers[i].number == command->number)
            return readers[i].read(parser, command);
    return true;
}

struct load_command_walk image_commands(struct bytes head) {
    struct load_command_walk walk = {.count = bytes_u32(head, 16)};
    bytes_part(head, IMAGE_HEADER_SIZE, bytes_u32(head, 20), &walk.list);
    return walk;
}

static bool read_commands(struct image_parser *parser, struct bytes head) {
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    while (load_command_next(&walk, &command, parser->error))
        if (!read_command(parser, &command))
            return false;
    return parser->error->kind == ERROR_NONE;
}

/* An image without any platform is taken for an old one, as in dyld_rules.c. */
static struct build_version build_of(struct bytes head, uint32_t cpu_type) {
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    struct error ignored;
    struct build_version build = {0}, version;
    while (load_command_next(&walk, &command, &ignored))
        if (build_version_read(&command, cpu_type, &version))
            build_version_add(&build, &version);
    return build.platform == 0 ? build_version_implied(cpu_type) : build;
}

/* The segments are in the order of their commands. */
static bool sections_valid(const struct image_parser *parser, struct bytes head) {
    const struct image *image = parser->image;
    struct build_version build = build_of(head, image->architecture->cpu_type);
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    size_t segment = 0;
    if (platform_release(build.platform, build.sdk) <
        platform_release(PLATFORM_MACOS, VERSION(11, 0)))
        return true;
    while (load_command_next(&walk, &command, parser->error))
        if (command.number == LC_SEGMENT_64 &&
            !segment_sections_end_inside(&command, &image->segments.items[segment++],
                                         parser->error))
            return false;
    return true;
}

static bool text_error(struct error *error, const struct segment *text, const char *field,
                       const char *what, uint64_t size, size_t head_size) {
    char name[64];
    snprintf(name, sizeof name, "load command %zu (LC_SEGMENT_64) %s", text->command, field);
    return error_malformed(error, name,
                           "__TEXT has 0x%" PRIx64
                           " bytes%s, fewer than the 0x%zx of the header and the load commands",
                           size, what, head_size);
}

static bool text_valid(const struct image *image, size_t head_size, struct error *error) {
    const struct segment *text = segments_find(&image->segments, "__TEXT");
    if (text == NULL)
        return error_malformed(error, "load commands", "there is no __TEXT segment");
    if (text->file_offset != 0) {
        char name[64];
        snprintf(name, sizeof name, "load command %zu (LC_SEGMENT_64) fileoff", text->command);
        return error_malformed(error, name, "__TEXT begins at 0x%" PRIx64 ", not at 0",
                               text->file_offset);
    }
    if (text->file_size < head_size)
        return text_error(error, text, "filesize", " in the file", text->file_size, head_size);
    return text->vm_size >= head_size ||
           text_error(error, text, "vmsize", "", text->vm_size, head_size);
}

/* xnu loads no arm64 executable without it (bsd/kern/mach_loader.c). */
static bool page_zero_valid(const struct image *image, struct error *error) {
    const struct segment *page_zero = segments_find(&image->segments, "__PAGEZERO");
    uint64_t size = page_zero == NULL ? 0 : page_zero->vm_size;
    if (image->type != MH_EXECUTE || strcmp(image->architecture->family, "arm64") != 0 ||
        size >= UINT64_C(1) << 32)
        return true;
    return error_malformed(error, "load commands",
                           "__PAGEZERO has 0x%" PRIx64 " bytes, fewer than the 4 GiB without "
                           "which no arm64 program is loaded",
                           size);
}

/* What holds of the image as a whole. */
static bool image_valid(const struct image_parser *parser, size_t head_size) {
    struct image *image = parser->image;
    const struct segment *linkedit = segments_find(&image->segments, "__LINKEDIT");
    if (!text_valid(image, head_size, parser->error) || !page_zero_valid(image, parser->error) ||
        !segments_disjoint(&image->segments, parser->error))
        return false;
    if (image->type == MH_DYLIB && image->install_name == NULL)
        return error_malformed(parser->error, "load commands", "a dylib without LC_ID_DYLIB");
    if (has_placed(parser, LC_DYSYMTAB) && !has_placed(parser, LC_SYMTAB))
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
                               "0x%" PRIx32 " with cpusubtype 0x%" PRIx32
                               " is not the %s of the universal header",
                               bytes_u32(head, 4), bytes_u32(head, 8), architecture->name);
    image->architecture = own;
    image->type = (enum image_type)bytes_u32(head, 12);
    struct image_parser parser = {
        .arena = arena, .image = image, .slice_size = slice_size, .error = error};
    bytes_part(head, 0, head_size, &head);
    if (!read_commands(&parser, head) || !sections_valid(&parser, head) ||
        !image_valid(&parser, head_size))
        return false;
    if (parser.version.platform == 0)
        parser.version = build_version_implied(own->cpu_type);
    image->platform = parser.version.platform;
    if (platform_loads(image->platform, PLATFORM_MACOS))
        image->minimum_version = parser.version.minimum;
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

uint64_t image_base(const struct image *image) {
    const struct segment *text = segments_find(&image->segments, "__TEXT");
    return text == NULL ? image->lowest_address : text->address;
}

static int hex_digit(char character) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *digit = character == '\0' ? NULL : strchr(digits, character);
    return digit == NULL ? -1 : (int)((digit - digits) & 15);
}

bool image_uuid_read(const char *text, uint8_t uuid[16]) {
    uint8_t found[16] = {0};
    size_t count = 0;
    for (; *text != '\0'; text++) {
        int digit = hex_digit(*text);
        if (*text == '-')
            continue;
        if (digit < 0 || count == 32)
            return false;
        found[count / 2] = (uint8_t)(found[count / 2] << 4 | digit);
        count++;
    }
    if (count != 32)
        return false;
    memcpy(uuid, found, sizeof found);
    return true;
}
