#include "verify/validate_linkedit.h"

#include "base/mapping.h"
#include "macho/data_in_code.h"
#include "macho/exports_trie.h"
#include "macho/function_starts.h"

#include <inttypes.h>
#include <string.h>

/* What of a name fits into a message. */
enum { SHOWN = 200 };

/* What of the image the parts speak of. */
struct part_extent {
    uint64_t base;   /* unslid address of __TEXT */
    uint64_t lowest; /* of all segments but __PAGEZERO */
    uint64_t size;   /* from there to the end of the last one but __LINKEDIT, bytes */
    uint64_t dylibs; /* how many it loads */
};

static struct part_extent extent_of(const struct image *image) {
    struct part_extent extent = {
        .base = image_base(image), .lowest = image->lowest_address, .dylibs = image->dylibs.count};
    for (size_t i = 0; i < image->segments.count; i++) {
        const struct segment *segment = &image->segments.items[i];
        if (segment->address < extent.lowest || strcmp(segment->name, "__LINKEDIT") == 0)
            continue;
        uint64_t end = segment->address - extent.lowest + segment->vm_size;
        extent.size = end > extent.size ? end : extent.size;
    }
    return extent;
}

/* An offset below the base is a great number. The end itself is inside: there are names for ends.
 */
static bool is_inside(const struct part_extent *extent, uint64_t offset) {
    return extent->base + offset - extent->lowest <= extent->size;
}

/* --- exports --- */

static bool export_valid(const struct part_extent *extent, const struct export *export,
                         struct error *error) {
    int size = (int)(export->name.size < SHOWN ? export->name.size : SHOWN);
    const uint8_t *name = export->name.data;
    if ((export->flags & EXPORT_SYMBOL_FLAGS_REEXPORT) != 0)
        return (export->ordinal != 0 && export->ordinal <= extent->dylibs) ||
               error_malformed(error, "exports trie",
                               "%.*s is re-exported from dylib %" PRIu64 " of %" PRIu64, size, name,
                               export->ordinal, extent->dylibs);
    if ((export->flags & EXPORT_SYMBOL_FLAGS_KIND_MASK) != EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE &&
        !is_inside(extent, export->offset))
        return error_malformed(error, "exports trie", "%.*s is at 0x%" PRIx64 ", outside the image",
                               size, name, export->offset);
    if ((export->flags & EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER) != 0 &&
        !is_inside(extent, export->second))
        return error_malformed(error, "exports trie",
                               "the resolver of %.*s is at 0x%" PRIx64 ", outside the image", size,
                               name, export->second);
    return true;
}

static bool validate_exports(struct bytes trie, const struct part_extent *extent,
                             struct error *error) {
    struct exports_cursor cursor;
    struct export export;
    struct error wrong = {0};
    exports_trie_start(trie, &cursor);
    while (exports_trie_next(&cursor, &export, error))
        if (wrong.kind == ERROR_NONE)
            export_valid(extent, &export, &wrong);
    exports_trie_end(&cursor);
    if (error->kind == ERROR_NONE)
        *error = wrong;
    return error->kind == ERROR_NONE;
}

/* --- code --- */

static bool validate_function_starts(struct bytes bytes, const struct part_extent *extent,
                                     struct error *error) {
    struct function_starts starts = {.bytes = bytes};
    struct error wrong = {0};
    while (function_starts_next(&starts, error))
        if (wrong.kind == ERROR_NONE && !is_inside(extent, starts.offset))
            error_malformed(&wrong, "function starts", "0x%" PRIx64 " lies outside the image",
                            starts.offset);
    if (error->kind == ERROR_NONE)
        *error = wrong;
    return error->kind == ERROR_NONE;
}

static bool validate_data_in_code(struct bytes bytes, const struct part_extent *extent,
                                  struct error *error) {
    if (!data_in_code_valid(bytes, error))
        return false;
    size_t count = data_in_code_count(bytes);
    for (size_t i = 0; i < count; i++) {
        struct data_in_code entry = data_in_code_at(bytes, i);
        if (!is_inside(extent, (uint64_t)entry.offset + entry.length))
            return error_malformed(error, "data in code",
                                   "entry %zu, %u bytes at 0x%" PRIx32 ", lies outside the image",
                                   i, entry.length, entry.offset);
    }
    return true;
}

/* --- all of them --- */

static const struct validator {
    const char *part;
    bool (*inspect)(struct bytes bytes, const struct part_extent *extent, struct error *error);
} inspectors[] = {
    {"exports trie", validate_exports},
    {"function starts", validate_function_starts},
    {"data in code", validate_data_in_code},
};

static void validate_part(const struct image_file *file, const struct image_slice *slice,
                          const struct linkedit_part *part, struct errors *errors) {
    struct part_extent extent = extent_of(slice->image);
    struct mapping mapping;
    struct error error;
    for (size_t i = 0; i < sizeof inspectors / sizeof inspectors[0]; i++) {
        if (strcmp(inspectors[i].part, part->name) != 0)
            continue;
        if (!mapping_make(&file->file, slice->offset + part->file_offset, part->size, &mapping,
                          &error)) {
            errors_add(errors, &error);
            return;
        }
        if (!inspectors[i].inspect(mapping.bytes, &extent, &error))
            errors_add(errors, &error);
        mapping_free(&mapping);
    }
}

void validate_parts(const struct image_file *file, const struct image_slice *slice,
                    struct errors *errors) {
    for (size_t i = 0; i < slice->image->parts.count; i++)
        validate_part(file, slice, &slice->image->parts.items[i], errors);
}
