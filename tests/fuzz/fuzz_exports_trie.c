/* Exports tries: what can be read is built anew, has the same exports then, and is the same again.
 */
#include "fuzz.h"

#include "macho/write/exports_trie.h"
#include "verify/compare_exports.h"

#include <stdlib.h>
#include <string.h>

/* Names are those of the one before as far as that is said, rise, and are not past their payload.
 */
static bool read_all(struct bytes trie) {
    struct exports_cursor cursor;
    struct export export;
    struct error error;
    char before[65536];
    size_t size = 0;
    exports_trie_start(trie, &cursor);
    for (bool first = true; exports_trie_next(&cursor, &export, &error); first = false) {
        size_t shared = export.shared;
        if (export.name.size >= sizeof before || shared > size || shared > export.name.size)
            abort();
        if (shared != 0 && memcmp(before, export.name.data, shared) != 0)
            abort();
        if (!first && (shared == export.name.size ||
                       (shared < size && (uint8_t)before[shared] >= export.name.data[shared])))
            abort();
        size = export.name.size;
        if (size != 0)
            memcpy(before, export.name.data, size);
    }
    exports_trie_end(&cursor);
    return error.kind == ERROR_NONE;
}

static void expect_same(struct bytes old, struct bytes new) {
    struct errors errors = {0};
    compare_exports(old, new, NULL, &errors);
    if (errors.count != 0)
        abort();
    errors_free(&errors);
}

static bool is_odd(void *context, const struct export *export) {
    size_t *count = context;
    *count += export->offset & 1;
    return (export->offset & 1) != 0;
}

/* Dropping some leaves a trie of the others. */
static void drop_some(struct bytes old) {
    struct rebuilt_trie fewer;
    struct exports_cursor cursor;
    struct export export;
    struct error error;
    size_t kept = 0;
    if (!exports_trie_write(old, is_odd, &kept, &fewer, &error))
        abort();
    exports_trie_start((struct bytes){fewer.bytes, fewer.size}, &cursor);
    for (; fewer.bytes != NULL && exports_trie_next(&cursor, &export, &error); kept--)
        if ((export.offset & 1) == 0)
            abort();
    if (fewer.bytes != NULL && (error.kind != ERROR_NONE || kept != 0))
        abort();
    exports_trie_end(&cursor);
    free(fewer.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes old = {data, size};
    struct rebuilt_trie new, again;
    struct error error;
    bool readable = size < 65536 && read_all(old);
    if (size >= 65536)
        return 0;
    if (exports_trie_write(old, NULL, NULL, &new, &error) != readable)
        abort();
    if (new.bytes == NULL)
        return 0;
    struct bytes trie = {new.bytes, new.size};
    expect_same(old, trie);
    if (!exports_trie_write(trie, NULL, NULL, &again, &error) || again.size != new.size ||
        memcmp(again.bytes, new.bytes, new.size) != 0)
        abort();
    drop_some(old);
    free(again.bytes);
    free(new.bytes);
    return 0;
}
