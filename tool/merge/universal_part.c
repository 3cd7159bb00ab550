#include "merge/universal_part.h"

#include "base/memory.h"
#include "merge/stub.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NUMBER = 16 /* characters that number a merged image of several of one name */ };

/* A universal file, mapped whole. */
struct universal_view {
    struct mapping mapping;
    struct universal universal;
};

static bool view(const struct file *file, struct universal_view *view, struct error *error) {
    *view = (struct universal_view){0};
    if (!mapping_make(file, 0, file->size, &view->mapping, error))
        return false;
    struct bytes head = view->mapping.bytes;
    head.size = head.size < UNIVERSAL_HEAD ? head.size : UNIVERSAL_HEAD;
    return universal_parse(head, file->size, &view->universal, error);
}

/* The slice with bytes that begins first at `from` or after it; NULL for none. */
static const struct slice *slice_after(const struct universal *universal, uint64_t from) {
    const struct slice *next = NULL;
    for (size_t i = 0; i < universal->slice_count; i++)
        if (universal->slices[i].offset >= from && universal->slices[i].size != 0 &&
            (next == NULL || universal->slices[i].offset < next->offset))
            next = &universal->slices[i];
    return next;
}

static bool is_zero(struct bytes bytes, uint64_t from, uint64_t to) {
    for (uint64_t at = from; at < to; at++)
        if (bytes.data[at] != 0)
            return false;
    return true;
}

/* Whether there is nothing between the header, the slices and the end. */
static bool has_only_slices(const struct universal_view *view) {
    struct bytes bytes = view->mapping.bytes;
    uint64_t at = universal_header_size(&view->universal);
    const struct slice *next = slice_after(&view->universal, at);
    for (; next != NULL; next = slice_after(&view->universal, at)) {
        if (!is_zero(bytes, at, next->offset))
            return false;
        at = next->offset + next->size;
    }
    return is_zero(bytes, at, bytes.size);
}

static bool has_empty_slice(const struct universal_view *view) {
    bool any = false;
    for (size_t i = 0; i < view->universal.slice_count; i++)
        any |= view->universal.slices[i].size == 0;
    return any;
}

/* An empty slice at the end would lie past that of a shorter file. */
static const char *judge_slices(const struct part *part) {
    struct universal_view old = {0};
    struct file file;
    struct error ignored;
    const char *reason = "is a universal file that cannot be read";
    if (!part_open(part, &file, &ignored))
        return reason;
    if (view(&file, &old, &ignored))
        reason = has_empty_slice(&old)    ? "is a universal file with an empty slice"
                 : !has_only_slices(&old) ? "is a universal file with bytes outside its slices"
                                          : NULL;
    mapping_free(&old.mapping);
    file_close(&file);
    return reason;
}

const char *universal_part_judge(const struct image_graph *graph, const struct part *part,
                                 const char *leaf) {
    for (size_t i = 0; i < graph->count; i++)
        if (graph->items[i].is_root && !graph->items[i].file->thin)
            return "is a universal file, and so is a program";
        else if (graph->items[i].file == part->node->file && &graph->items[i] != part->node)
            return "is a universal file of which programs load several slices";
    if (part_has_identity(part))
        return "is a universal file that an identity signed";
    if (part->slice.size < stub_bound(part, strlen(leaf) + LONGEST_NUMBER))
        return "is a universal file whose slice has no room for a stub";
    return judge_slices(part);
}

static bool is_part(const struct part *part, const struct slice *slice) {
    return slice->offset == part->node->slice->offset;
}

/* --- writing --- */

static bool write_slices(const struct part *part, const struct buffer *stub,
                         const struct universal_view *view, const struct file *from,
                         struct atomic_file *file, struct error *error) {
    size_t size = universal_header_size(&view->universal);
    uint8_t *header = memory_zeros(size, 1);
    bool done = true;
    memcpy(header, view->mapping.bytes.data, size);
    for (size_t i = 0; done && i < view->universal.slice_count; i++) {
        const struct slice *slice = &view->universal.slices[i];
        bool is_stub = is_part(part, slice);
        if (is_stub)
            universal_store(header, i, slice->offset, stub->size);
        done = is_stub
                   ? atomic_file_write(file, slice->offset, stub->data, stub->size, error)
                   : atomic_file_copy(file, slice->offset, from, slice->offset, slice->size, error);
    }
    done = done && atomic_file_write(file, 0, header, size, error);
    free(header);
    return done;
}

static bool write_universal(const struct part *part, const struct buffer *stub,
                            struct atomic_file *file, struct error *error) {
    struct universal_view old = {0};
    struct file from;
    if (stub->size > part->slice.size)
        return error_malformed(error, "stub",
                               "is larger than the slice that it takes the place of");
    if (!part_open(part, &from, error))
        return false;
    bool done = view(&from, &old, error) && write_slices(part, stub, &old, &from, file, error);
    mapping_free(&old.mapping);
    file_close(&from);
    return done;
}

bool universal_part_write(const struct merge *merge, size_t number, struct atomic_file *file,
                          struct error *error) {
    const struct part *part = &merge->parts[number];
    struct buffer stub = {0};
    stub_make(merge, number, &stub);
    bool done = part->node->file->thin ? atomic_file_write(file, 0, stub.data, stub.size, error)
                                       : write_universal(part, &stub, file, error) ||
                                             error_in_file(error, part->node->file->path);
    buffer_free(&stub);
    return done;
}

/* --- comparing --- */

static void compare_slice(const struct universal_view *old, const struct universal_view *new,
                          size_t i, bool is_part, struct differences *differences) {
    const struct slice *was = &old->universal.slices[i], *is = &new->universal.slices[i];
    if (is->cpu_type != was->cpu_type || is->cpu_subtype != was->cpu_subtype ||
        is->align != was->align || is->offset != was->offset)
        differences_add(differences, "slice %zu is of another kind, or elsewhere", i);
    else if (!is_part && (is->size != was->size ||
                          memcmp(new->mapping.bytes.data + is->offset,
                                 old->mapping.bytes.data + was->offset, (size_t)was->size) != 0))
        differences_add(differences, "slice %zu is not what it was", i);
}

static void compare_views(const struct part *part, const struct universal_view *old,
                          const struct universal_view *new, struct differences *differences) {
    if (new->universal.slice_count != old->universal.slice_count ||
        new->universal.wide != old->universal.wide || new->universal.thin) {
        differences_add(differences, "has other slices than it had");
        return;
    }
    for (size_t i = 0; i < old->universal.slice_count; i++)
        compare_slice(old, new, i, is_part(part, &old->universal.slices[i]), differences);
    if (!has_only_slices(new))
        differences_add(differences, "has bytes outside its slices");
}

void universal_part_compare(const struct part *part, const char *path,
                            struct differences *differences) {
    struct universal_view old_view = {0}, new_view = {0};
    struct file old, new = {.descriptor = -1};
    struct error error;
    if (part->node->file->thin)
        return;
    bool opened = part_open(part, &old, &error);
    bool read = opened && file_open(path, &new, &error) && view(&old, &old_view, &error) &&
                view(&new, &new_view, &error);
    if (read)
        compare_views(part, &old_view, &new_view, differences);
    else
        errors_add(differences->errors, &error);
    mapping_free(&old_view.mapping);
    mapping_free(&new_view.mapping);
    if (opened)
        file_close(&old);
    file_close(&new);
}
