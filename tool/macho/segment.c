#include "macho/segment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What both architectures give a process. */
#define ADDRESS_END (UINT64_C(1) << 47)

/* Bytes of the file that no process sees: Go's __DWARF, __LLVM. dyld looks at nothing else of it.
 */
static bool is_unmapped(const struct segment *segment) {
    return segment->vm_size == 0 && segment->protection == 0 && segment->file_size != 0;
}

static bool contents_valid(const struct load_command *command, const struct segment *segment,
                           uint64_t slice_size, struct error *error) {
    uint64_t end;
    if (segment->file_offset > slice_size)
        return load_command_error(error, command, "fileoff",
                                  "%s begins at 0x%" PRIx64
                                  ", past the end of the slice at 0x%" PRIx64,
                                  segment->name, segment->file_offset, slice_size);
    if (!range_within(segment->file_offset, segment->file_size, slice_size))
        return load_command_error(
            error, command, "filesize",
            "%s has 0x%" PRIx64 " bytes at 0x%" PRIx64 ", past the end of the slice at 0x%" PRIx64,
            segment->name, segment->file_size, segment->file_offset, slice_size);
    if (!range_end(segment->address, segment->vm_size, &end) || end > ADDRESS_END)
        return load_command_error(error, command, "vmsize",
                                  "%s has 0x%" PRIx64 " bytes at 0x%" PRIx64
                                  ", past the end of a process's addresses, 47 bits",
                                  segment->name, segment->vm_size, segment->address);
    if (segment->file_size > segment->vm_size && !is_unmapped(segment))
        return load_command_error(error, command, "filesize",
                                  "%s has 0x%" PRIx64 " bytes in the file, more than its vmsize, "
                                  "0x%" PRIx64,
                                  segment->name, segment->file_size, segment->vm_size);
    return true;
}

struct section_place segment_section(const struct load_command *command, uint32_t i) {
    size_t at = SEGMENT_COMMAND_SIZE + (size_t)i * SECTION_SIZE;
    return (struct section_place){
        .address = bytes_u64(command->bytes, at + 32),
        .size = bytes_u64(command->bytes, at + 40),
        .type = bytes_u8(command->bytes, at + 64),
    };
}

static bool section_error(const struct load_command *command, const struct segment *segment,
                          uint32_t index, const char *field, struct error *error) {
    struct section_place section = segment_section(command, index);
    char name[48];
    snprintf(name, sizeof name, "section %" PRIu32 " %s", index, field);
    if (strcmp(field, "addr") == 0)
        return load_command_error(error, command, name, "0x%" PRIx64 " lies outside %s",
                                  section.address, segment->name);
    return load_command_error(error, command, name,
                              "0x%" PRIx64 " bytes run past the end of "
                              "%s",
                              section.size, segment->name);
}

static bool section_valid(const struct load_command *command, const struct segment *segment,
                          uint32_t index, struct error *error) {
    struct section_place section = segment_section(command, index);
    if (section.address < segment->address)
        return section_error(command, segment, index, "addr", error);
    return section.size <= INT64_MAX || section_error(command, segment, index, "size", error);
}

bool segment_sections_end_inside(const struct load_command *command, const struct segment *segment,
                                 struct error *error) {
    for (uint32_t i = 0; i < segment->section_count && !is_unmapped(segment); i++) {
        struct section_place section = segment_section(command, i);
        uint64_t start = section.address - segment->address;
        if (start > segment->vm_size)
            return section_error(command, segment, i, "addr", error);
        if (!range_within(start, section.size, segment->vm_size))
            return section_error(command, segment, i, "size", error);
    }
    return true;
}

static bool sections_valid(const struct load_command *command, const struct segment *segment,
                           struct error *error) {
    uint64_t wanted = SEGMENT_COMMAND_SIZE + (uint64_t)segment->section_count * SECTION_SIZE;
    if (command->bytes.size != wanted)
        return load_command_error(error, command, "nsects",
                                  "%" PRIu32 " sections need a cmdsize of %" PRIu64 ", not %zu",
                                  segment->section_count, wanted, command->bytes.size);
    for (uint32_t i = 0; i < segment->section_count && !is_unmapped(segment); i++)
        if (!section_valid(command, segment, i, error))
            return false;
    return true;
}

/* dyld takes sections of any size before SDK 11.0, so that the sum may be more than there is. */
static uint64_t code_size_of(const struct load_command *command, const struct segment *segment) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < segment->section_count && sum < segment->vm_size; i++) {
        size_t at = SEGMENT_COMMAND_SIZE + (size_t)i * SECTION_SIZE;
        uint64_t size = segment_section(command, i).size;
        uint32_t flags = bytes_u32(command->bytes, at + 64);
        if ((flags & (S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS)) != 0)
            sum = size > segment->vm_size - sum ? segment->vm_size : sum + size;
    }
    return sum;
}

bool segment_parse(const struct load_command *command, uint64_t slice_size, struct segment *segment,
                   struct error *error) {
    struct bytes bytes = command->bytes;
    memset(segment, 0, sizeof *segment);
    memcpy(segment->name, bytes.data + 8, 16);
    segment->command = command->index;
    segment->address = bytes_u64(bytes, 24);
    segment->vm_size = bytes_u64(bytes, 32);
    segment->file_offset = bytes_u64(bytes, 40);
    segment->file_size = bytes_u64(bytes, 48);
    segment->protection = bytes_u32(bytes, 60);
    segment->section_count = bytes_u32(bytes, 64);
    if ((segment->protection & ~UINT32_C(7)) != 0)
        return load_command_error(error, command, "initprot",
                                  "0x%" PRIx32 " has bits beside read, write and execute",
                                  segment->protection);
    if (!contents_valid(command, segment, slice_size, error) ||
        !sections_valid(command, segment, error))
        return false;
    segment->code_size = code_size_of(command, segment);
    return true;
}

/* A range of addresses or of the file, with the segment it belongs to. */
struct segment_extent {
    uint64_t start;
    uint64_t end;
    const struct segment *segment;
};

static int by_start(const void *left, const void *right) {
    const struct segment_extent *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->segment < b->segment ? -1 : a->segment > b->segment;
}

static bool extents_disjoint(struct segment_extent *extents, size_t count, const char *field,
                             struct error *error) {
    char name[80];
    qsort(extents, count, sizeof *extents, by_start);
    for (size_t i = 1; i < count; i++) {
        const struct segment *segment = extents[i].segment, *other = extents[i - 1].segment;
        if (extents[i].start >= extents[i - 1].end)
            continue;
        snprintf(name, sizeof name, "load command %zu (LC_SEGMENT_64) %s", segment->command, field);
        return error_malformed(error, name,
                               "%s at 0x%" PRIx64 " overlaps %s, which ends at 0x%" PRIx64,
                               segment->name, extents[i].start, other->name, extents[i - 1].end);
    }
    return true;
}

bool segments_disjoint(const struct segments *segments, struct error *error) {
    struct segment_extent *extents = calloc(2 * segments->count + 1, sizeof *extents);
    if (extents == NULL)
        out_of_memory();
    struct segment_extent *in_file = extents + segments->count;
    size_t vm_count = 0, file_count = 0;
    for (size_t i = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->items[i];
        if (segment->vm_size != 0)
            extents[vm_count++] = (struct segment_extent){
                segment->address, segment->address + segment->vm_size, segment};
        if (segment->file_size != 0)
            in_file[file_count++] = (struct segment_extent){
                segment->file_offset, segment->file_offset + segment->file_size, segment};
    }
    bool disjoint = extents_disjoint(extents, vm_count, "vmaddr", error) &&
                    extents_disjoint(in_file, file_count, "fileoff", error);
    free(extents);
    return disjoint;
}

const struct segment *segments_find(const struct segments *segments, const char *name) {
    for (size_t i = 0; i < segments->count; i++)
        if (strcmp(segments->items[i].name, name) == 0)
            return &segments->items[i];
    return NULL;
}

uint64_t segments_vm_space(const struct segments *segments, uint32_t page_size, uint64_t *lowest) {
    uint64_t low = UINT64_MAX, high = 0;
    for (size_t i = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->items[i];
        if (strcmp(segment->name, "__PAGEZERO") == 0)
            continue;
        low = segment->address < low ? segment->address : low;
        if (segment->address + segment->vm_size > high)
            high = segment->address + segment->vm_size;
    }
    *lowest = low <= high ? low : 0;
    return low <= high ? round_up(high - low, page_size) : 0;
}
