#include "macho/unclaimed.h"

#include "base/memory.h"
#include "macho/code_signature.h"
#include "macho/exports_trie.h"
#include "macho/string_claims.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct unclaimed_finder {
    const struct image *image;
    struct bytes linkedit;
    uint64_t linkedit_offset; /* bytes from the start of the slice */
    struct unclaimed_list *list;
};

/* The bytes [start, end) of __LINKEDIT, unless all are zero. */
static void add(struct unclaimed_finder *finder, const char *where, size_t start, size_t end) {
    const uint8_t *data = finder->linkedit.data;
    struct unclaimed_list *list = finder->list;
    while (start < end && data[start] == 0)
        start++;
    while (end > start && data[end - 1] == 0)
        end--;
    if (start == end)
        return;
    list->items = memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = (struct unclaimed){
        where, finder->linkedit_offset + start, {data + start, end - start}, false};
    list->size += end - start;
}

/* Where a part begins in __LINKEDIT; the image was read, so that it lies inside. */
static size_t start_of(const struct unclaimed_finder *finder, const struct linkedit_part *part) {
    return (size_t)(part->file_offset - finder->linkedit_offset);
}

static struct bytes bytes_of(const struct unclaimed_finder *finder,
                             const struct linkedit_part *part) {
    struct bytes bytes = {NULL, 0};
    if (part != NULL)
        bytes_part(finder->linkedit, start_of(finder, part), part->size, &bytes);
    return bytes;
}

/* Parts stand by file offset and do not overlap. */
static void find_between_parts(struct unclaimed_finder *finder) {
    const struct linkedit_parts *parts = &finder->image->parts;
    size_t at = 0;
    for (size_t i = 0; i < parts->count; i++) {
        size_t start = start_of(finder, &parts->items[i]);
        add(finder, "__LINKEDIT", at, start);
        at = start + (size_t)parts->items[i].size;
    }
    add(finder, "__LINKEDIT", at, finder->linkedit.size);
}

static void find_in_strings(struct unclaimed_finder *finder, const struct linkedit_part *part) {
    struct bytes table = bytes_of(finder, linkedit_find(&finder->image->parts, LINKEDIT_SYMBOLS));
    struct string_claims claims;
    size_t start, end;
    string_claims_begin(bytes_of(finder, part), table, &claims);
    while (string_claims_next(&claims, &start, &end))
        add(finder, part->name, start_of(finder, part) + start, start_of(finder, part) + end);
    string_claims_end(&claims);
}

/* A trie that cannot be walked to its end tells nothing. */
static void find_in_trie(struct unclaimed_finder *finder, const struct linkedit_part *part) {
    struct bytes trie = bytes_of(finder, part);
    size_t base = start_of(finder, part), start, end = 0;
    struct exports_cursor cursor;
    struct export export;
    struct error error;
    exports_trie_start(trie, &cursor);
    while (exports_trie_next(&cursor, &export, &error))
        ;
    while (error.kind == ERROR_NONE && exports_trie_gap(&cursor, end, &start, &end))
        add(finder, part->name, base + start, base + end);
    exports_trie_end(&cursor);
}

static int by_place(const void *left, const void *right) {
    const struct signature_blob *a = left, *b = right;
    return a->bytes.data < b->bytes.data ? -1 : a->bytes.data > b->bytes.data;
}

static void find_in_signature(struct unclaimed_finder *finder, const struct linkedit_part *part) {
    struct bytes bytes = bytes_of(finder, part);
    struct code_signature signature;
    struct error ignored;
    if (!code_signature_parse(bytes, &signature, &ignored))
        return;
    size_t base = start_of(finder, part), at = SUPER_HEADER + INDEX_ENTRY * signature.blob_count;
    qsort(signature.blobs, signature.blob_count, sizeof *signature.blobs, by_place);
    for (size_t i = 0; i < signature.blob_count; i++) {
        size_t start = (size_t)(signature.blobs[i].bytes.data - bytes.data);
        if (start > at)
            add(finder, part->name, base + at, base + start);
        if (start + signature.blobs[i].bytes.size > at)
            at = start + signature.blobs[i].bytes.size;
    }
    struct bytes slack = code_signature_slack(bytes);
    size_t end = slack.size == 0 ? bytes.size : (size_t)(slack.data - bytes.data);
    add(finder, part->name, base + at, base + end);
    if (slack.size == 0)
        return;
    add(finder, part->name, base + end, base + end + slack.size);
    finder->list->items[finder->list->count - 1].carried = true;
}

static const struct {
    enum linkedit_use use;
    void (*find)(struct unclaimed_finder *finder, const struct linkedit_part *part);
} finders[] = {
    {LINKEDIT_STRINGS, find_in_strings},
    {LINKEDIT_EXPORTS, find_in_trie},
    {LINKEDIT_SIGNATURE, find_in_signature},
};

void unclaimed_find(const struct image *image, struct bytes linkedit, struct unclaimed_list *list) {
    const struct segment *segment = segments_find(&image->segments, "__LINKEDIT");
    struct unclaimed_finder finder = {image, linkedit, segment == NULL ? 0 : segment->file_offset,
                                      list};
    find_between_parts(&finder);
    for (size_t i = 0; i < image->parts.count; i++)
        for (size_t j = 0; j < sizeof finders / sizeof finders[0]; j++)
            if (finders[j].use == image->parts.items[i].use)
                finders[j].find(&finder, &image->parts.items[i]);
}

void unclaimed_list_free(struct unclaimed_list *list) {
    free(list->items);
    *list = (struct unclaimed_list){0};
}

/* What begins so. */
static const struct {
    const char *magic;
    const char *what;
} kinds[] = {
    {"PK\3\4", "a ZIP archive"},
    {"\x1f\x8b", "data of gzip"},
    {"\xfd"
     "7zXZ",
     "data of xz"},
    {"\x28\xb5\x2f\xfd", "data of Zstandard"},
    {"\xcf\xfa\xed\xfe", "a Mach-O file"},
    {"MEI\14\13\12\13\16", "an archive of PyInstaller"},
    {"SQLite format 3", "a database of SQLite"},
};

static const char *kind_of(struct bytes bytes) {
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t size = strlen(kinds[i].magic);
        if (bytes.size >= size && memcmp(bytes.data, kinds[i].magic, size) == 0)
            return kinds[i].what;
    }
    return "perhaps the archive of a one-file program";
}

bool unclaimed_error(struct error *error, const struct unclaimed *unclaimed) {
    return error_malformed(error, unclaimed->where,
                           "%zu bytes at 0x%" PRIx64 " that no table reaches, %s, which a "
                           "rewriting would lose; --drop-unclaimed drops them",
                           unclaimed->bytes.size, unclaimed->offset, kind_of(unclaimed->bytes));
}
