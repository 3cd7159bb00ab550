#include "merge/part.h"

#include "base/memory.h"
#include "macho/build_version.h"
#include "macho/code_signature.h"
#include "macho/fixup_walk.h"
#include "macho/symtab.h"

#include <stdlib.h>
#include <string.h>

#define CHAINS_FROM VERSION(12, 0) /* the first macOS of which every dyld knows chained fixups */

enum { FORMAT_AT = 6 /* in a segment's starts */ };

bool segment_moves(const struct segment *segment) {
    return segment->vm_size != 0 && strcmp(segment->name, "__LINKEDIT") != 0;
}

/* --- sections --- */

static void read_section(struct bytes command, size_t at, struct part_section *section) {
    memcpy(section->name, command.data + at, 16);
    section->address = bytes_u64(command, at + 32);
    section->size = bytes_u64(command, at + 40);
    section->file_offset = bytes_u32(command, at + 48);
    section->align = bytes_u32(command, at + 52);
    section->flags = bytes_u32(command, at + 64);
}

static bool section_fits(const struct part *part, const struct part_section *section,
                         struct error *error) {
    const struct segment *segment = &part->image->segments.items[section->segment];
    bool is_filled = section_is_zero_filled(section);
    uint64_t at = section->address - segment->address;
    if (!range_within(at, section->size, segment->vm_size) || section->align > 15 ||
        (!is_filled && section->size != 0 &&
         (!range_within(at, section->size, segment->file_size) ||
          section->file_offset != segment->file_offset + at)))
        return error_malformed(error, "sections", "%s,%s does not lie in its segment",
                               segment->name, section->name);
    return true;
}

static bool read_sections(struct arena *arena, struct part *part, struct error *error) {
    struct load_command_walk walk = image_commands(part->head);
    struct load_command command;
    size_t segment = 0;
    bool has_opcodes = part_needs_opcodes(part);
    for (size_t i = 0; i < part->image->segments.count; i++)
        part->section_count += part->image->segments.items[i].section_count;
    part->sections = arena_take(arena, (part->section_count + 1) * sizeof *part->sections);
    part->section_count = 0;
    while (load_command_next(&walk, &command, error)) {
        if (command.number != LC_SEGMENT_64)
            continue;
        for (uint32_t i = 0; i < part->image->segments.items[segment].section_count; i++) {
            struct part_section *section = &part->sections[part->section_count++];
            section->segment = segment;
            section->stays_initialiser = has_opcodes;
            read_section(command.bytes, SEGMENT_COMMAND_SIZE + (size_t)i * SECTION_SIZE, section);
            if (!section_fits(part, section, error))
                return false;
        }
        segment++;
    }
    return true;
}

static uint64_t extent_of(const struct image *image) {
    uint64_t end = image->lowest_address;
    for (size_t i = 0; i < image->segments.count; i++) {
        const struct segment *segment = &image->segments.items[i];
        if (segment_moves(segment) && segment->address + segment->vm_size > end)
            end = segment->address + segment->vm_size;
    }
    return end - image->lowest_address;
}

static bool open_again(const struct image_file *old, struct file *file, struct error *error) {
    return old->is_unnamed ? file_again(&old->file, file, error)
                           : file_open(old->path, file, error);
}

bool part_open(const struct part *part, struct file *file, struct error *error) {
    const struct file *was = &part->node->file->file;
    if (!open_again(part->node->file, file, error))
        return false;
    struct file_stamp stamp = file_stamp_of(file), old = file_stamp_of(was);
    if (was->descriptor == -1 || file_stamp_same(&stamp, &old))
        return true;
    file_close(file);
    return error_io(error, part->node->file->path, "was written to meanwhile");
}

static bool map_all(struct part *part, struct error *error) {
    struct file file;
    size_t head_size;
    const struct image_slice *slice = part->node->slice;
    if (!part_open(part, &file, error))
        return false;
    bool mapped = mapping_make(&file, slice->offset, slice->size, &part->mapping, error);
    file_close(&file);
    part->slice = part->mapping.bytes;
    if (!mapped || !image_head_size(part->slice, part->slice.size, &head_size, error))
        return false;
    part->head = (struct bytes){part->slice.data, head_size};
    return true;
}

bool part_read(struct arena *arena, const struct graph_node *node, struct part *part,
               struct error *error) {
    *part = (struct part){.node = node, .image = node->image};
    if (!map_all(part, error) || !read_sections(arena, part, error)) {
        part_free(part);
        return error_in_file(error, node->file->path);
    }
    const struct segment *linkedit = segments_find(&node->image->segments, "__LINKEDIT");
    if (linkedit != NULL)
        bytes_part(part->slice, linkedit->file_offset, linkedit->file_size, &part->linkedit);
    part->extent = extent_of(node->image);
    return true;
}

void part_free(struct part *part) {
    mapping_free(&part->mapping);
    part->mapping = (struct mapping){0};
}

void part_rest(const struct part *part) {
    mapping_rest(&part->mapping);
}

static bool open_lone_file(struct arena *arena, const char *path, struct image_file *file,
                           struct error *error) {
    *file = (struct image_file){.path = path, .file.descriptor = -1};
    if (!file_open(path, &file->file, error))
        return false;
    file->size = file->file.size;
    return image_file_read(arena, file, error);
}

static bool read_lone(struct arena *arena, struct image_slice *slice, struct lone_image *image,
                      struct error *error) {
    image->node = (struct graph_node){.file = &image->file, .slice = slice, .image = slice->image};
    return part_read(arena, &image->node, &image->part, error);
}

bool lone_image_open(struct arena *arena, const char *path, struct lone_image *image,
                     struct error *error) {
    *image = (struct lone_image){0};
    return open_lone_file(arena, path, &image->file, error) &&
           image_file_parse(arena, &image->file, &image->file.slices[0], error) &&
           read_lone(arena, &image->file.slices[0], image, error);
}

bool lone_image_open_slice(struct arena *arena, const char *path,
                           const struct architecture *architecture, struct lone_image *image,
                           struct error *error) {
    *image = (struct lone_image){0};
    if (!open_lone_file(arena, path, &image->file, error))
        return false;
    struct image_slice *slice = image_file_slice(&image->file, architecture->name);
    if (slice == NULL)
        return error_malformed(error, "universal header", "has no slice of %s",
                               architecture->name) ||
               error_in_file(error, path);
    image->file.slices = slice;
    image->file.slice_count = 1;
    return image_file_parse(arena, &image->file, slice, error) &&
           read_lone(arena, slice, image, error);
}

void lone_image_close(struct lone_image *image) {
    part_free(&image->part);
    file_close(&image->file.file);
}

/* --- contents --- */

uint8_t section_type_of(const struct part_section *section) {
    return section->flags & 0xff;
}

bool part_has_type(const struct part *part, uint8_t type) {
    bool any = false;
    for (size_t i = 0; i < part->section_count; i++)
        any |= section_type_of(&part->sections[i]) == type;
    return any;
}

bool part_section_is_typed(const struct part_section *section) {
    uint8_t type = section_type_of(section);
    return type == S_THREAD_LOCAL_VARIABLES || type == S_MOD_TERM_FUNC_POINTERS ||
           (type == S_MOD_INIT_FUNC_POINTERS && section->stays_initialiser);
}

bool section_is_zero_filled(const struct part_section *section) {
    uint8_t type = section_type_of(section);
    return type == S_ZEROFILL || type == S_GB_ZEROFILL || type == S_THREAD_LOCAL_ZEROFILL;
}

void part_mark_named(const struct part *part, bool *named) {
    struct bytes table = part_linkedit(part, "symbol table");
    for (size_t i = 0; i < table.size / NLIST_SIZE; i++) {
        struct nlist symbol = nlist_at(table, i);
        if (symbol.section != 0 && symbol.section <= part->section_count)
            named[symbol.section - 1] = true;
    }
}

struct bytes part_linkedit(const struct part *part, const char *name) {
    struct bytes bytes = {part->slice.data, 0};
    const struct linkedit_parts *parts = &part->image->parts;
    for (size_t i = 0; i < parts->count; i++)
        if (strcmp(parts->items[i].name, name) == 0)
            bytes_part(part->slice, parts->items[i].file_offset, parts->items[i].size, &bytes);
    return bytes;
}

bool part_walk_opcodes(const struct part *part, const char *opcodes, struct fixup_walk *walk) {
    struct bytes bytes = part_linkedit(part, opcodes);
    struct error ignored;
    return bytes.size != 0 &&
           fixup_walk_begin(walk, opcodes, bytes, part->image, part->slice, &ignored);
}

static bool has_command(const struct part *part, uint32_t number) {
    struct load_command_walk walk = image_commands(part->head);
    struct load_command command;
    struct error ignored;
    while (load_command_next(&walk, &command, &ignored))
        if (command.number == number)
            return true;
    return false;
}

bool part_has_opcodes(const struct part *part) {
    return has_command(part, LC_DYLD_INFO) || has_command(part, LC_DYLD_INFO_ONLY);
}

uint32_t part_minimum_version(const struct part *part) {
    struct load_command_walk walk = image_commands(part->head);
    struct load_command command;
    struct error ignored;
    while (load_command_next(&walk, &command, &ignored)) {
        if (command.number == LC_BUILD_VERSION)
            return bytes_u32(command.bytes, 12);
        if (command.number == LC_VERSION_MIN_MACOSX)
            return bytes_u32(command.bytes, 8);
    }
    return 0;
}

bool part_needs_opcodes(const struct part *part) {
    return part_has_opcodes(part) && part_minimum_version(part) < CHAINS_FROM;
}

bool part_has_trie(const struct part *part) {
    return has_command(part, LC_DYLD_EXPORTS_TRIE) || part_has_opcodes(part);
}

struct part_section *part_section_at(const struct part *part, uint64_t address) {
    for (size_t i = 0; i < part->section_count; i++) {
        struct part_section *section = &part->sections[i];
        if (address - section->address < section->size ||
            (section->size == 0 && address == section->address))
            return section;
    }
    return NULL;
}

struct bytes part_section_bytes(const struct part *part, const struct part_section *section) {
    struct bytes bytes = {part->slice.data, 0};
    if (section->file_offset != 0)
        bytes_part(part->slice, section->file_offset, section->size, &bytes);
    return bytes;
}

struct bytes part_text_section(const struct part *part, const char *name, uint64_t *address) {
    for (size_t i = 0; i < part->section_count; i++) {
        const struct part_section *section = &part->sections[i];
        if (strcmp(part->image->segments.items[section->segment].name, "__TEXT") == 0 &&
            strcmp(section->name, name) == 0) {
            *address = section->address;
            return part_section_bytes(part, section);
        }
    }
    return (struct bytes){part->slice.data, 0};
}

uint16_t part_pointer_format(const struct part *part) {
    struct bytes fixups = part_linkedit(part, "chained fixups");
    struct chained_fixups parsed;
    struct error ignored;
    if (fixups.size == 0 || !chained_fixups_parse(fixups, part->image, &parsed, &ignored))
        return 0;
    for (uint32_t i = 0; i < parsed.segment_count; i++) {
        uint32_t starts = bytes_u32(fixups, parsed.starts_offset + 4 + (size_t)i * 4);
        if (starts != 0)
            return bytes_u16(fixups, parsed.starts_offset + starts + FORMAT_AT);
    }
    return 0;
}

/* --- fixups --- */

static bool add_fixups(const struct part *part, const char *name, struct part_fixups *fixups,
                       struct error *error) {
    struct fixup_walk walk;
    struct fixup fixup;
    if (!fixup_walk_begin(&walk, name, part_linkedit(part, name), part->image, part->slice, error))
        return false;
    while (fixup_walk_next(&walk, &fixup, error)) {
        if (fixup.kind == FIXUP_STRONG)
            continue;
        fixups->items =
            memory_grow(fixups->items, fixups->count, &fixups->capacity, sizeof *fixups->items);
        fixups->items[fixups->count++] = fixup;
    }
    return error->kind == ERROR_NONE;
}

/* Which of two for one pointer dyld applies last: weak binds, then binds, then rebases. */
static int precedence(const struct fixup *fixup) {
    return fixup->kind == FIXUP_WEAK_BIND ? 0 : fixup->kind == FIXUP_REBASE ? 2 : 1;
}

static int by_address(const void *left, const void *right) {
    const struct fixup *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    return precedence(a) - precedence(b);
}

/* Chains rise already. */
static void sort_fixups(struct part_fixups *fixups) {
    size_t i = 1;
    while (i < fixups->count && by_address(&fixups->items[i - 1], &fixups->items[i]) <= 0)
        i++;
    if (i < fixups->count)
        qsort(fixups->items, fixups->count, sizeof *fixups->items, by_address);
}

bool fixup_is_weak_bind(const struct fixup *fixup) {
    return fixup->kind != FIXUP_REBASE && fixup->import.ordinal == ORDINAL_WEAK;
}

/* `layered`: or the first after the weak binds. */
static void keep_first_of_each(struct part_fixups *fixups, bool layered) {
    size_t kept = 0;
    for (size_t i = 0; i < fixups->count; i++) {
        const struct fixup *fixup = &fixups->items[i];
        const struct fixup *last = kept == 0 ? NULL : &fixups->items[kept - 1];
        if (last == NULL || last->address != fixup->address ||
            (layered && fixup_is_weak_bind(last) && !fixup_is_weak_bind(fixup)))
            fixups->items[kept++] = *fixup;
    }
    fixups->count = kept;
}

static bool read_fixups(const struct part *part, bool layered, struct part_fixups *fixups,
                        struct error *error) {
    const struct linkedit_parts *parts = &part->image->parts;
    *fixups = (struct part_fixups){0};
    for (size_t i = 0; i < parts->count; i++) {
        *error = (struct error){0};
        if (fixup_walk_reads(parts->items[i].name) &&
            !add_fixups(part, parts->items[i].name, fixups, error)) {
            free(fixups->items);
            *fixups = (struct part_fixups){0};
            return error_in_file(error, part->node->file->path);
        }
    }
    sort_fixups(fixups);
    keep_first_of_each(fixups, layered);
    return true;
}

bool part_read_fixups(const struct part *part, struct part_fixups *fixups, struct error *error) {
    return read_fixups(part, false, fixups, error);
}

bool part_read_layers(const struct part *part, struct part_fixups *fixups, struct error *error) {
    return read_fixups(part, true, fixups, error);
}

bool part_has_identity(const struct part *part) {
    struct bytes bytes = part_linkedit(part, "code signature");
    struct code_signature signature;
    struct error ignored;
    return bytes.size != 0 && code_signature_parse(bytes, &signature, &ignored) &&
           signature.has_identity;
}

const struct fixup *part_fixup_at(const struct part_fixups *fixups, uint64_t address) {
    size_t low = 0, high = fixups->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (fixups->items[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < fixups->count && fixups->items[low].address == address;
    return found ? &fixups->items[low] : NULL;
}
