#include "merge/export_list.h"

#include "base/memory.h"
#include "base/name_set.h"
#include "macho/exports_trie.h"

#include <stdlib.h>

enum {
    NOT_PLAIN = EXPORT_SYMBOL_FLAGS_REEXPORT | EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER |
                EXPORT_SYMBOL_FLAGS_FUNCTION_VARIANT
};

static void add(struct export_list *list, uint64_t hash, uint8_t flags) {
    list->items = memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = (struct listed_export){hash, flags};
    if ((flags & NOT_PLAIN) != 0)
        list->unmerged = list->count;
}

void export_list_read(const struct part *part, struct export_list *list) {
    struct exports_cursor cursor;
    struct name_hasher hasher = {0};
    struct export export;
    list->coalesces = (bytes_u32(part->head, MACH_HEADER_FLAGS) & MH_WEAK_DEFINES) != 0;
    exports_trie_start(part_linkedit(part, "exports trie"), &cursor);
    while (exports_trie_next(&cursor, &export, &list->error))
        add(list, name_hasher_next(&hasher, export.name, export.shared), export.flags);
    exports_trie_end(&cursor);
    name_hasher_free(&hasher);
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

bool listed_export_is_weak(const struct listed_export *export) {
    return (export->flags & EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION) != 0;
}

void export_list_free(struct export_list *list) {
    free(list->items);
    *list = (struct export_list){0};
}
