#include "macho/universal.h"

#include "macho/format.h"
#include "macho/other_file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FAT_HEADER_SIZE = 8,
    FAT_ARCH_SIZE = 20,
    FAT_ARCH_64_SIZE = 32,
    /* Segments of the larger page size cannot be mapped from a slice aligned to less. */
    LARGEST_ALIGN = 15,
};

static struct slice read_entry(struct bytes entry, bool wide) {
    struct slice slice = {
        .cpu_type = bytes_u32_big(entry, 0),
        .cpu_subtype = bytes_u32_big(entry, 4),
        .offset = wide ? bytes_u64_big(entry, 8) : bytes_u32_big(entry, 8),
        .size = wide ? bytes_u64_big(entry, 16) : bytes_u32_big(entry, 12),
    };
    slice.align = bytes_u32_big(entry, wide ? 24 : 16);
    slice.architecture = architecture_of(slice.cpu_type, slice.cpu_subtype);
    return slice;
}

/* "universal header slice 1 offset: WHAT" */
static bool slice_error(struct error *error, size_t index, const char *field, const char *format,
                        ...) __attribute__((format(printf, 4, 5)));

static bool slice_error(struct error *error, size_t index, const char *field, const char *format,
                        ...) {
    char name[64], what[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(name, sizeof name, "universal header slice %zu %s", index, field);
    return error_malformed(error, name, "%s", what);
}

static bool alignment_valid(const struct slice *slice, size_t index, struct error *error) {
    if (slice->align > LARGEST_ALIGN)
        return slice_error(error, index, "align", "%" PRIu32 " is more than 15", slice->align);
    uint64_t unit = UINT64_C(1) << slice->align;
    if (slice->offset % unit != 0)
        return slice_error(error, index, "offset",
                           "0x%" PRIx64 " is not a multiple of its own alignment, 0x%" PRIx64,
                           slice->offset, unit);
    if (slice->architecture != NULL && slice->offset % slice->architecture->page_size != 0)
        return slice_error(error, index, "offset",
                           "0x%" PRIx64 " is not a multiple of the page size of %s, 0x%" PRIx32,
                           slice->offset, slice->architecture->name,
                           slice->architecture->page_size);
    return true;
}

static bool slice_valid(const struct slice *slice, size_t index, uint64_t headers_end,
                        uint64_t file_size, struct error *error) {
    if (slice->offset < headers_end)
        return slice_error(error, index, "offset", "0x%" PRIx64 " lies in the universal header",
                           slice->offset);
    if (!alignment_valid(slice, index, error))
        return false;
    if (slice->offset > file_size)
        return slice_error(error, index, "offset",
                           "0x%" PRIx64 " lies past the end of the file at 0x%" PRIx64,
                           slice->offset, file_size);
    if (!range_within(slice->offset, slice->size, file_size))
        return slice_error(error, index, "size",
                           "0x%" PRIx64 " bytes at 0x%" PRIx64
                           " run past the end of the file at 0x%" PRIx64,
                           slice->size, slice->offset, file_size);
    return true;
}

static bool same_architecture(const struct slice *a, const struct slice *b) {
    return a->architecture != NULL && b->architecture != NULL &&
           strcmp(a->architecture->name, b->architecture->name) == 0;
}

/* Holds slice `index` against an earlier one. */
static bool pair_valid(const struct slice *slices, size_t earlier, size_t index,
                       struct error *error) {
    const struct slice *slice = &slices[index], *other = &slices[earlier];
    if (same_architecture(other, slice))
        return slice_error(error, index, "cputype",
                           "0x%" PRIx32 " is the architecture of an earlier slice",
                           slice->cpu_type);
    if (slice->offset < other->offset + other->size && other->offset < slice->offset + slice->size)
        return slice_error(error, index, "offset",
                           "0x%" PRIx64 " overlaps slice %zu, which ends at 0x%" PRIx64,
                           slice->offset, earlier, other->offset + other->size);
    return true;
}

static bool parse_slices(struct bytes head, bool wide, uint64_t file_size,
                         struct universal *universal, struct error *error) {
    size_t entry_size = wide ? FAT_ARCH_64_SIZE : FAT_ARCH_SIZE;
    uint64_t headers_end = FAT_HEADER_SIZE + universal->slice_count * entry_size;
    for (size_t i = 0; i < universal->slice_count; i++) {
        struct bytes entry;
        if (!bytes_part(head, FAT_HEADER_SIZE + i * entry_size, entry_size, &entry))
            return error_malformed(error, "universal header nfat_arch",
                                   "%zu slice headers do not fit in the file",
                                   universal->slice_count);
        universal->slices[i] = read_entry(entry, wide);
        if (!slice_valid(&universal->slices[i], i, headers_end, file_size, error))
            return false;
        for (size_t earlier = 0; earlier < i; earlier++)
            if (!pair_valid(universal->slices, earlier, i, error))
                return false;
    }
    return true;
}

static bool parse_universal(struct bytes head, bool wide, uint64_t file_size,
                            struct universal *universal, struct error *error) {
    if (head.size < FAT_HEADER_SIZE)
        return error_malformed(error, "universal header", "the file ends inside it");
    uint32_t count = bytes_u32_big(head, 4);
    if (count == 0)
        return error_malformed(error, "universal header nfat_arch", "there are no slices");
    if (count > UNIVERSAL_MAX_SLICES)
        return error_malformed(error, "universal header nfat_arch",
                               "%" PRIu32 " slices are more than the %d dyld takes", count,
                               UNIVERSAL_MAX_SLICES);
    universal->slice_count = count;
    universal->wide = wide;
    return parse_slices(head, wide, file_size, universal, error);
}

static bool parse_thin(struct bytes head, uint64_t file_size, struct universal *universal,
                       struct error *error) {
    if (head.size < 12)
        return error_malformed(error, "mach_header", "the file ends inside it");
    struct slice *slice = &universal->slices[0];
    slice->cpu_type = bytes_u32(head, 4);
    slice->cpu_subtype = bytes_u32(head, 8);
    slice->architecture = architecture_of(slice->cpu_type, slice->cpu_subtype);
    slice->offset = 0;
    slice->size = file_size;
    universal->thin = true;
    universal->slice_count = 1;
    return true;
}

static bool reject_other(struct bytes head, struct error *error) {
    const char *other = other_file_by_contents(head);
    if (other != NULL)
        return error_malformed(error, "magic", "%s", other);
    return error_malformed(error, "magic", "0x%08" PRIx32 " is not that of a Mach-O file",
                           bytes_u32(head, 0));
}

bool universal_parse(struct bytes head, uint64_t file_size, struct universal *universal,
                     struct error *error) {
    memset(universal, 0, sizeof *universal);
    if (head.size < 4)
        return error_malformed(error, "magic", "the file has %zu bytes, too few for a Mach-O file",
                               head.size);
    if (other_file_is_java(head))
        return error_malformed(error, "magic", "a Java class file; give the program that runs it");
    switch (bytes_u32_big(head, 0)) {
    case FAT_MAGIC:
        return parse_universal(head, false, file_size, universal, error);
    case FAT_MAGIC_64:
        return parse_universal(head, true, file_size, universal, error);
    case MH_CIGAM_64: /* little-endian, read as big-endian */
        return parse_thin(head, file_size, universal, error);
    case MH_CIGAM:
        return error_malformed(error, "magic",
                               "a 32-bit Mach-O file; macOS 10.15 was the first "
                               "to refuse them");
    case MH_MAGIC:
    case MH_MAGIC_64:
        return error_malformed(error, "magic", "a big-endian Mach-O file");
    default:
        return reject_other(head, error);
    }
}

void universal_store(uint8_t *header, size_t i, uint64_t offset, uint64_t size) {
    bool wide = bytes_u32_big((struct bytes){header, 4}, 0) == FAT_MAGIC_64;
    uint8_t *entry = header + FAT_HEADER_SIZE + i * (wide ? FAT_ARCH_64_SIZE : FAT_ARCH_SIZE);
    bytes_store_big(entry + 8, wide ? 8 : 4, offset);
    bytes_store_big(entry + (wide ? 16 : 12), wide ? 8 : 4, size);
}

size_t universal_header_size(const struct universal *universal) {
    size_t entry = universal->wide ? FAT_ARCH_64_SIZE : FAT_ARCH_SIZE;
    return universal->thin ? 0 : FAT_HEADER_SIZE + universal->slice_count * entry;
}

const struct slice *universal_find(const struct universal *universal, const char *architecture) {
    for (size_t i = 0; i < universal->slice_count; i++)
        if (universal->slices[i].architecture != NULL &&
            strcmp(universal->slices[i].architecture->name, architecture) == 0)
            return &universal->slices[i];
    return NULL;
}
