/* Exports tries for unit tests: their exports as text, and tries that waste space. */
#ifndef VAFIT_UNIT_TRIES_H
#define VAFIT_UNIT_TRIES_H

#include "base/text.h"
#include "bytes_literal.h"
#include "macho/exports_trie.h"

#include <inttypes.h>
#include <string.h>

static inline void add_export_line(struct text *text, const struct export *export) {
    text_addf(text, "%.*s", (int)export->name.size, (const char *)export->name.data);
    text_addf(text, " flags 0x%x shares %zu", export->flags, export->shared);
    if ((export->flags & EXPORT_SYMBOL_FLAGS_REEXPORT) != 0)
        text_addf(text, " is %" PRIu64 ":%.*s", export->ordinal, (int)export->imported.size,
                  (const char *)export->imported.data);
    else
        text_addf(text, " at 0x%" PRIx64 " and 0x%" PRIx64, export->offset, export->second);
    text_add(text, "\n");
}

/* All exports of a trie, a line each, and the error that ended the walk. */
static inline void list_exports(struct bytes trie, struct text *text) {
    struct exports_cursor cursor;
    struct export export;
    struct error error;
    text_add(text, "");
    exports_trie_start(trie, &cursor);
    while (exports_trie_next(&cursor, &export, &error))
        add_export_line(text, &export);
    if (error.kind != ERROR_NONE)
        text_addf(text, "%s: %s\n", error.field, error.what);
    exports_trie_end(&cursor);
}

/* Writes a number in five bytes, however small it is. */
static inline size_t store_padded(uint8_t *target, uint64_t number) {
    for (size_t i = 0; i < 5; i++)
        target[i] = (uint8_t)((number >> 7 * i & 0x7f) | (i < 4 ? 0x80 : 0));
    return 5;
}

/* Adds the nodes for names[0 .. count), which are sorted and agree in `depth` characters, to a
 * trie: a node a character, each after those below it. The export of a name is at 1000 times its
 * place in all names, of which `number` come before these. Returns where the node of the common
 * characters is. */
static inline size_t add_wasteful(uint8_t *trie, size_t *size, const char *const *names,
                                  size_t count, size_t depth, size_t number) {
    size_t children[256], child_count = 0, has_export = names[0][depth] == '\0', next;
    char edges[256];
    for (size_t i = has_export; i < count; i = next) {
        next = i;
        while (next < count && names[next][depth] == names[i][depth])
            next++;
        edges[child_count] = names[i][depth];
        children[child_count++] =
            add_wasteful(trie, size, names + i, next - i, depth + 1, number + i);
    }
    size_t node = *size, at = node;
    at += store_padded(trie + at, has_export ? 10 : 0);
    if (has_export) {
        at += store_padded(trie + at, EXPORT_SYMBOL_FLAGS_KIND_REGULAR);
        at += store_padded(trie + at, 1000 * number);
    }
    trie[at++] = (uint8_t)child_count;
    /* The last one first, for readers have to sort. */
    for (size_t i = child_count; i-- > 0;) {
        trie[at++] = (uint8_t)edges[i];
        trie[at++] = '\0';
        at += store_padded(trie + at, children[i]);
    }
    *size = at;
    return node;
}

/* A trie of sorted names that all begin with '_', `size` bytes of it. */
static inline size_t wasteful_trie(uint8_t *trie, const char *const *names, size_t count) {
    size_t size = 9;
    memcpy(trie, "\0\1_\0", 4);
    store_padded(trie + 4, add_wasteful(trie, &size, names, count, 1, 0));
    return size;
}

#endif
