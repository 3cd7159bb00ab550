#include "verify/validate.h"

#include "base/mapping.h"
#include "macho/fixup_walk.h"
#include "verify/dyld_rules.h"
#include "verify/page_hashes.h"
#include "verify/validate_linkedit.h"

#include <inttypes.h>

static void validate_rules(const struct image_file *file, const struct image_slice *slice,
                           struct errors *errors) {
    struct mapping mapping;
    struct error error;
    if (!image_file_map_head(file, slice, &mapping, &error)) {
        errors_add(errors, &error);
        return;
    }
    dyld_rules_check(mapping.bytes, slice->image, errors);
    mapping_free(&mapping);
}

static void validate_alignment(const struct image *image, struct errors *errors) {
    for (size_t i = 0; i < image->parts.count; i++) {
        const struct linkedit_part *part = &image->parts.items[i];
        struct error error;
        if (linkedit_part_aligned(part))
            continue;
        error_malformed(&error, part->name, "begins at 0x%" PRIx64 ", no multiple of %" PRIu32,
                        part->file_offset, part->alignment);
        errors_add(errors, &error);
    }
}

/* The first thing that is wrong with the part; it can be read no further. */
static void validate_fixup_part(const struct image *image, const struct linkedit_part *part,
                                struct bytes slice, struct errors *errors) {
    struct bytes bytes = {NULL, 0};
    struct fixup_walk walk;
    struct fixup fixup;
    struct error error;
    bytes_part(slice, part->file_offset, part->size, &bytes);
    if (fixup_walk_begin(&walk, part->name, bytes, image, slice, &error))
        while (fixup_walk_next(&walk, &fixup, &error))
            ;
    if (error.kind != ERROR_NONE)
        errors_add(errors, &error);
}

static void validate_fixups(const struct image_file *file, const struct image_slice *slice,
                            struct errors *errors) {
    const struct linkedit_parts *parts = &slice->image->parts;
    struct mapping mapping;
    struct error error;
    if (!image_file_map_slice(file, slice, &mapping, &error)) {
        errors_add(errors, &error);
        return;
    }
    for (size_t i = 0; i < parts->count; i++)
        if (fixup_walk_reads(parts->items[i].name))
            validate_fixup_part(slice->image, &parts->items[i], mapping.bytes, errors);
    mapping_free(&mapping);
}

static void validate_directory(const struct image_file *file, const struct image_slice *slice,
                               const struct code_directory *directory, struct errors *errors) {
    const struct linkedit_part *part = linkedit_find(&slice->image->parts, LINKEDIT_SIGNATURE);
    struct error error;
    if (!code_directory_covers(directory, part->file_offset, &error))
        errors_add(errors, &error);
    page_hashes_check(&file->file, slice->offset, directory, &(struct known_pages){0}, errors);
}

static void validate_signature(const struct image_file *file, const struct image_slice *slice,
                               struct errors *errors) {
    const struct linkedit_part *part = linkedit_find(&slice->image->parts, LINKEDIT_SIGNATURE);
    struct code_signature signature;
    struct mapping mapping;
    struct error error;
    if (part == NULL)
        return;
    if (!mapping_make(&file->file, slice->offset + part->file_offset, part->size, &mapping,
                      &error)) {
        errors_add(errors, &error);
        return;
    }
    if (code_signature_parse(mapping.bytes, &signature, &error))
        for (size_t i = 0; i < signature.directory_count; i++)
            validate_directory(file, slice, &signature.directories[i], errors);
    else
        errors_add(errors, &error);
    mapping_free(&mapping);
}

bool validate_file(const struct image_file *file, struct errors *errors) {
    size_t before = errors->count;
    for (size_t i = 0; i < file->slice_count; i++) {
        validate_rules(file, &file->slices[i], errors);
        validate_alignment(file->slices[i].image, errors);
        validate_fixups(file, &file->slices[i], errors);
        validate_signature(file, &file->slices[i], errors);
        validate_parts(file, &file->slices[i], errors);
    }
    for (size_t i = before; i < errors->count; i++)
        error_in_file(&errors->items[i], file->path);
    return errors->count == before;
}

bool validate_signatures(const struct image_file *file, struct errors *errors) {
    size_t before = errors->count;
    for (size_t i = 0; i < file->slice_count; i++)
        validate_signature(file, &file->slices[i], errors);
    for (size_t i = before; i < errors->count; i++)
        error_in_file(&errors->items[i], file->path);
    return errors->count == before;
}
