#include "program/file_unclaimed.h"

#include "base/memory.h"

#include <stdlib.h>

struct outside_finder {
    struct bytes whole;
    struct unclaimed_list *list;
};

/* The bytes [start, end) of the file, unless all are zero. */
static void add(struct outside_finder *finder, const char *where, uint64_t start, uint64_t end) {
    const uint8_t *data = finder->whole.data;
    struct unclaimed_list *list = finder->list;
    while (start < end && data[start] == 0)
        start++;
    while (end > start && data[end - 1] == 0)
        end--;
    if (start >= end)
        return;
    list->items = memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] =
        (struct unclaimed){where, start, {data + start, (size_t)(end - start)}, false};
    list->size += end - start;
}

static int by_offset(const void *left, const void *right) {
    const struct slice *a = left, *b = right;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static const struct image_slice *slice_at(const struct image_file *file, uint64_t offset) {
    for (size_t i = 0; i < file->slice_count; i++)
        if (file->slices[i].offset == offset)
            return &file->slices[i];
    return NULL;
}

/* A slice of another architecture is carried along whole. */
static void find_in_slice(struct outside_finder *finder, const struct image_file *file,
                          const struct slice *slice) {
    const struct image_slice *read = slice_at(file, slice->offset);
    const struct segment *linkedit =
        read == NULL ? NULL : segments_find(&read->image->segments, "__LINKEDIT");
    if (linkedit != NULL)
        add(finder, "after __LINKEDIT", slice->offset + linkedit->file_offset + linkedit->file_size,
            slice->offset + slice->size);
}

bool file_unclaimed_find(const struct image_file *file, struct mapping *whole,
                         struct unclaimed_list *list, struct error *error) {
    struct universal universal;
    struct mapping head;
    *whole = (struct mapping){0};
    if (!image_file_map_universal(file, &head, &universal, error))
        return false;
    mapping_free(&head);
    if (!mapping_make(&file->file, 0, file->size, whole, error))
        return false;
    struct outside_finder finder = {whole->bytes, list};
    qsort(universal.slices, universal.slice_count, sizeof *universal.slices, by_offset);
    for (size_t i = 0; i < universal.slice_count; i++) {
        const struct slice *slice = &universal.slices[i];
        bool is_last = i + 1 == universal.slice_count;
        find_in_slice(&finder, file, slice);
        add(&finder, is_last ? "after the last slice" : "between slices",
            slice->offset + slice->size, is_last ? file->size : universal.slices[i + 1].offset);
    }
    return true;
}
