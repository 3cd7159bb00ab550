#include "dump.h"

#include "macho/exports_trie.h"

#include <inttypes.h>
#include <stdio.h>

static void print_flags(const struct export *export) {
    const char *between = "";
    printf(" [");
    if ((export->flags & EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION) != 0) {
        printf("weak_def");
        between = ", ";
    }
    if ((export->flags & EXPORT_SYMBOL_FLAGS_KIND_MASK) == EXPORT_SYMBOL_FLAGS_KIND_THREAD_LOCAL) {
        printf("%sper-thread", between);
        between = ", ";
    }
    if ((export->flags & EXPORT_SYMBOL_FLAGS_KIND_MASK) == EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE) {
        printf("%sabsolute", between);
        between = ", ";
    }
    if ((export->flags & EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER) != 0)
        printf("%sresolver=0x%08" PRIX64, between, export->second);
    printf("]");
}

static void print_export(const struct export *export, uint64_t base) {
    if ((export->flags & EXPORT_SYMBOL_FLAGS_REEXPORT) != 0)
        printf("[re-export] ");
    else
        printf("0x%08" PRIX64 "  ", export->offset + base);
    printf("%.*s", (int)export->name.size, (const char *)export->name.data);
    if ((export->flags & (EXPORT_SYMBOL_FLAGS_KIND_MASK | EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION |
                          EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER)) != 0)
        print_flags(export);
    if ((export->flags & EXPORT_SYMBOL_FLAGS_REEXPORT) != 0)
        printf(" (%.*s from dylib %" PRIu64 ")", (int)export->imported.size,
               (const char *)export->imported.data, export->ordinal);
    printf("\n");
}

bool dump_exports(const struct dumped *part, struct error *error) {
    struct exports_cursor cursor;
    struct export export;
    exports_trie_start(part->bytes, &cursor);
    while (exports_trie_next(&cursor, &export, error))
        print_export(&export, image_base(part->image));
    exports_trie_end(&cursor);
    return error->kind == ERROR_NONE;
}
