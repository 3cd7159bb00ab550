#include "rewrite/slice_sign.h"

#include "base/parallel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The pages of one slice, to be hashed. */
struct slice_pages {
    const struct image_file *file;
    const struct slice_rewrite *slice;
    uint64_t linkedit_offset;
    struct error *errors; /* one a group of pages */
};

enum { PAGES_A_GROUP = 1024, WINDOW = 64 << 10 /* no page is larger */ };

/* A page that holds the same bytes as before has the hash that it had. */
static bool is_unchanged(const struct slice_pages *pages, uint64_t start, uint64_t end) {
    const struct code_directory *old = &pages->slice->made.old_signature.directory;
    return start >= pages->slice->head.bytes.size && end <= pages->linkedit_offset &&
           end <= old->code_limit;
}

/* The bytes [start, end) of the new slice, in `buffer`. */
static bool page_bytes(const struct slice_pages *pages, uint64_t start, uint64_t end,
                       uint8_t *buffer, struct error *error) {
    const struct slice_rewrite *slice = pages->slice;
    size_t head_size = slice->head.bytes.size;
    uint64_t from_file = end < pages->linkedit_offset ? end : pages->linkedit_offset;
    if (start < from_file && !file_read(&pages->file->file, slice->old->offset + start, buffer,
                                        (size_t)(from_file - start), error))
        return false;
    if (start < head_size)
        memcpy(buffer, slice->made.head + start,
               (size_t)(end < head_size ? end - start : head_size - start));
    uint64_t from_linkedit = start > pages->linkedit_offset ? start : pages->linkedit_offset;
    if (from_linkedit < end)
        memcpy(buffer + (from_linkedit - start),
               slice->made.linkedit + (from_linkedit - pages->linkedit_offset),
               (size_t)(end - from_linkedit));
    return true;
}

static bool changed_since(struct error *error, size_t page, uint64_t start) {
    char field[64];
    snprintf(field, sizeof field, "code signature page %zu", page);
    return error_malformed(error, field,
                           "its hash does not match the bytes at 0x%" PRIx64
                           ": the file was changed after it was signed; sign it again first",
                           start);
}

/* One page, whose bytes are given. What was not signed as it is now is not signed anew. */
static bool hash_page(const struct slice_pages *pages, size_t page, struct bytes bytes,
                      struct error *error) {
    const struct new_linkedit *made = &pages->slice->made;
    const struct code_directory *old = &made->old_signature.directory;
    uint64_t start = (uint64_t)page * old->page_size;
    uint8_t *hash = made->hashes + page * old->hash_size;
    code_directory_digest(old, bytes, hash);
    return !is_unchanged(pages, start, start + bytes.size) ||
           memcmp(hash, code_directory_hash(old, page), old->hash_size) == 0 ||
           changed_since(error, page, start);
}

/* The pages that begin in [start, end). */
static bool hash_window(const struct slice_pages *pages, uint64_t start, uint64_t end,
                        uint8_t *buffer, struct error *error) {
    uint32_t page_size = pages->slice->made.old_signature.directory.page_size;
    if (!page_bytes(pages, start, end, buffer, error))
        return false;
    for (uint64_t at = start; at < end; at += page_size) {
        size_t size = end - at < page_size ? (size_t)(end - at) : page_size;
        if (!hash_page(pages, (size_t)(at / page_size), (struct bytes){buffer + (at - start), size},
                       error))
            return false;
    }
    return true;
}

static size_t page_count(const struct new_linkedit *made) {
    uint32_t page_size = made->old_signature.directory.page_size;
    return (size_t)((made->code_limit + page_size - 1) / page_size);
}

static void hash_group(void *context, size_t group) {
    struct slice_pages *pages = context;
    const struct new_linkedit *made = &pages->slice->made;
    uint8_t buffer[WINDOW];
    uint64_t group_size = (uint64_t)PAGES_A_GROUP * made->old_signature.directory.page_size;
    uint64_t end = (group + 1) * group_size;
    if (end > made->code_limit)
        end = made->code_limit;
    pages->errors[group].kind = ERROR_NONE;
    for (uint64_t at = group * group_size; at < end; at += WINDOW)
        if (!hash_window(pages, at, end - at < WINDOW ? end : at + WINDOW, buffer,
                         &pages->errors[group]))
            return;
}

bool slice_sign(const struct image_file *file, const struct slice_rewrite *slice,
                struct error *error) {
    if (!slice->made.is_signed)
        return true;
    size_t groups = (page_count(&slice->made) + PAGES_A_GROUP - 1) / PAGES_A_GROUP;
    struct slice_pages pages = {.file = file, .slice = slice};
    pages.linkedit_offset = segments_find(&slice->old->image->segments, "__LINKEDIT")->file_offset;
    pages.errors = calloc(groups + 1, sizeof *pages.errors);
    if (pages.errors == NULL)
        out_of_memory();
    parallel_for(groups, hash_group, &pages);
    bool signed_well = true;
    for (size_t i = 0; i < groups && signed_well; i++)
        if (pages.errors[i].kind != ERROR_NONE) {
            *error = pages.errors[i];
            signed_well = false;
        }
    free(pages.errors);
    return signed_well;
}
