#include "verify/compare_files.h"

#include "base/mapping.h"
#include "program/file_unclaimed.h"
#include "verify/compare_unclaimed.h"

#include <string.h>

/* What compare_slices wants of a slice, mapped. */
struct mapped_slice {
    struct mapping head;
    struct mapping linkedit;
    struct compared_slice compared;
};

static void unmap(struct mapped_slice *slice) {
    mapping_free(&slice->head);
    mapping_free(&slice->linkedit);
}

static bool map_slice(const struct image_file *file, const struct image_slice *slice,
                      struct mapped_slice *mapped, struct error *error) {
    const struct segment *linkedit = segments_find(&slice->image->segments, "__LINKEDIT");
    memset(mapped, 0, sizeof *mapped);
    if (linkedit == NULL)
        return error_malformed(error, "load commands", "there is no __LINKEDIT");
    bool is_mapped = image_file_map_head(file, slice, &mapped->head, error) &&
                     mapping_make(&file->file, slice->offset + linkedit->file_offset,
                                  linkedit->file_size, &mapped->linkedit, error);
    mapped->compared =
        (struct compared_slice){slice->image, mapped->head.bytes, mapped->linkedit.bytes,
                                &file->file,  slice->offset,      slice->size,
                                {0, 0}};
    return is_mapped;
}

bool image_file_parse_all(struct arena *arena, struct image_file *file, struct error *error) {
    for (size_t i = 0; i < file->slice_count; i++)
        if (!image_file_parse(arena, file, &file->slices[i], error))
            return false;
    return true;
}

/* Two files, and what may be gone. */
struct file_pair {
    const struct image_file *original;
    const struct image_file *changed;
    const struct losses *losses;
    const struct file_range *proven; /* NULL for nothing */
};

static void compare_mapped(const struct file_pair *pair, const struct image_slice *old,
                           const struct image_slice *new, struct errors *errors) {
    struct mapped_slice before, after;
    struct error error;
    memset(&after, 0, sizeof after);
    if (map_slice(pair->original, old, &before, &error) &&
        map_slice(pair->changed, new, &after, &error)) {
        if (pair->proven != NULL)
            after.compared.proven = *pair->proven;
        compare_slices(&before.compared, &after.compared, pair->losses, errors);
    } else {
        errors_add(errors, &error);
    }
    unmap(&before);
    unmap(&after);
}

static const struct image_slice *slice_like(const struct image_file *file,
                                            const struct image_slice *slice) {
    for (size_t i = 0; i < file->slice_count; i++)
        if (strcmp(file->slices[i].architecture->name, slice->architecture->name) == 0)
            return &file->slices[i];
    return NULL;
}

/* The slices of a file that vafit carries along: of architectures it does not judge. */
static bool read_universal(const struct image_file *file, struct universal *universal,
                           struct error *error) {
    struct mapping head;
    if (!image_file_map_universal(file, &head, universal, error))
        return false;
    mapping_free(&head);
    return true;
}

static bool same_bytes(const struct image_file *original, const struct slice *old,
                       const struct image_file *changed, const struct slice *new) {
    struct mapping before, after;
    struct error ignored;
    if (old->size != new->size ||
        !mapping_make(&original->file, old->offset, old->size, &before, &ignored))
        return false;
    bool same =
        mapping_make(&changed->file, new->offset, new->size, &after, &ignored) &&
        (old->size == 0 || memcmp(before.bytes.data, after.bytes.data, before.bytes.size) == 0);
    mapping_free(&before);
    mapping_free(&after);
    return same;
}

/* Between the universal header and the first slice, which does not move. */
static bool same_behind_header(const struct image_file *original, const struct image_file *changed,
                               const struct universal *old, const struct universal *new) {
    size_t start = universal_header_size(old);
    struct slice before = {.offset = start}, after = {.offset = start};
    uint64_t first = old->slices[0].offset, new_first = new->slices[0].offset;
    for (size_t i = 1; i < old->slice_count; i++) {
        first = old->slices[i].offset < first ? old->slices[i].offset : first;
        new_first = new->slices[i].offset < new_first ? new->slices[i].offset : new_first;
    }
    before.size = first - start;
    after.size = new_first - start;
    return start == 0 || same_bytes(original, &before, changed, &after);
}

static void compare_carried(const struct image_file *original, const struct image_file *changed,
                            struct errors *errors) {
    struct universal old, new;
    struct error error;
    if (!read_universal(original, &old, &error) || !read_universal(changed, &new, &error)) {
        errors_add(errors, &error);
        return;
    }
    if (old.slice_count != new.slice_count) {
        error_malformed(&error, "universal header", "%zu slices, were %zu", new.slice_count,
                        old.slice_count);
        errors_add(errors, &error);
        return;
    }
    for (size_t i = 0; i < old.slice_count; i++) {
        const struct slice *before = &old.slices[i], *after = &new.slices[i];
        bool same = before->cpu_type == after->cpu_type &&
                    before->cpu_subtype == after->cpu_subtype && before->align == after->align &&
                    (before->architecture != NULL || same_bytes(original, before, changed, after));
        if (same)
            continue;
        error_malformed(&error, "universal header", "slice %zu is not the original's", i);
        errors_add(errors, &error);
    }
    if (!same_behind_header(original, changed, &old, &new)) {
        error_malformed(&error, "universal header", "what stands after it is not the original's");
        errors_add(errors, &error);
    }
}

/* What no slice holds. */
static void compare_outside(const struct file_pair *pair, struct errors *errors) {
    struct unclaimed_list old = {0}, new = {0};
    struct mapping before = {0}, after = {0};
    struct error error;
    if (pair->losses->unclaimed)
        return;
    if (file_unclaimed_find(pair->original, &before, &old, &error) &&
        file_unclaimed_find(pair->changed, &after, &new, &error))
        compare_unclaimed(&old, &new, errors);
    else
        errors_add(errors, &error);
    unclaimed_list_free(&old);
    unclaimed_list_free(&new);
    mapping_free(&before);
    mapping_free(&after);
}

bool compare_files(const struct image_file *original, const struct image_file *changed,
                   const struct losses *losses, const struct file_range *proven,
                   struct errors *errors) {
    const struct file_pair pair = {original, changed, losses, proven};
    size_t before = errors->count;
    compare_carried(original, changed, errors);
    if (errors->count == before)
        compare_outside(&pair, errors);
    for (size_t i = 0; i < changed->slice_count && errors->count == before; i++) {
        const struct image_slice *new = &changed->slices[i], *old = slice_like(original, new);
        if (old != NULL)
            compare_mapped(&pair, old, new, errors);
    }
    for (size_t i = before; i < errors->count; i++)
        error_in_file(&errors->items[i], changed->path);
    return errors->count == before;
}
