#include "merge/export_list.h"

#include "base/memory.h"
#include "base/name_set.h"
#include "macho/exports_trie.h"

#include <stdlib.h>

enum { NOT_PLAIN = EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER | EXPORT_SYMBOL_FLAGS_FUNCTION_VARIANT };

/* What it is a re-export of; its number + 1. */
static uint32_t add_reexport(struct export_list *list, const struct export *export, uint64_t hash) {
    struct listed_reexports *known = &list->reexports;
    known->items = memory_grow(known->items, known->count, &known->capacity, sizeof *known->items);
    known->items[known->count++] = (struct listed_reexport){
        export->ordinal, export->imported.size == 0 ? hash : name_hash(export->imported)};
    return (uint32_t)known->count;
}

static void add(struct export_list *list, const struct export *export, uint64_t hash) {
    list->items = memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    bool reexports = (export->flags & EXPORT_SYMBOL_FLAGS_REEXPORT) != 0;
    list->items[list->count++] = (struct listed_export){
        hash, reexports ? add_reexport(list, export, hash) : 0, export->flags};
    if (!reexports && (export->flags & NOT_PLAIN) != 0)
        list->unmerged = list->count;
}

void export_list_read(const struct part *part, struct export_list *list) {
    struct exports_cursor cursor;
    struct name_hasher hasher = {0};
    struct export export;
    list->coalesces = (bytes_u32(part->head, MACH_HEADER_FLAGS) & MH_WEAK_DEFINES) != 0;
    exports_trie_start(part_linkedit(part, "exports trie"), &cursor);
    while (exports_trie_next(&cursor, &export, &list->error))
        add(list, &export, name_hasher_next(&hasher, export.name, export.shared));
    exports_trie_end(&cursor);
    name_hasher_free(&hasher);
    list->is_known = list->error.kind == ERROR_NONE && part_has_trie(part);
    if (list->error.kind != ERROR_NONE)
        error_in_file(&list->error, part->node->file->path);
}

const char *export_list_name(struct arena *arena, const struct part *part, size_t number) {
    struct exports_cursor cursor;
    struct export export;
    struct error ignored;
    const char *name = "";
    exports_trie_start(part_linkedit(part, "exports trie"), &cursor);
    for (size_t i = 0; i <= number && exports_trie_next(&cursor, &export, &ignored); i++)
        if (i == number)
            name = arena_copy(arena, (const char *)export.name.data, export.name.size);
    exports_trie_end(&cursor);
    return name;
}

static int by_hash(const void *left, const void *right) {
    const struct listed_export *a = left, *b = right;
    return a->hash < b->hash ? -1 : a->hash > b->hash;
}

static void sort(struct export_list *list) {
    struct listed_exports *sorted = &list->by_hash;
    sorted->items = memory_zeros(list->count, sizeof *sorted->items);
    sorted->count = sorted->capacity = list->count;
    for (size_t i = 0; i < list->count; i++)
        sorted->items[i] = list->items[i];
    qsort(sorted->items, sorted->count, sizeof *sorted->items, by_hash);
}

const struct listed_export *export_list_find(struct export_list *list, uint64_t hash) {
    const struct listed_export wanted = {.hash = hash};
    if (list->count == 0)
        return NULL;
    if (list->by_hash.items == NULL)
        sort(list);
    return bsearch(&wanted, list->by_hash.items, list->by_hash.count, sizeof wanted, by_hash);
}

bool listed_export_is_weak(const struct listed_export *export) {
    return (export->flags & EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION) != 0;
}

void export_list_free(struct export_list *list) {
    free(list->items);
    free(list->by_hash.items);
    free(list->reexports.items);
    *list = (struct export_list){0};
}
