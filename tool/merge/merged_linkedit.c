#include "merge/merged_linkedit.h"

#include "macho/data_in_code.h"
#include "macho/function_starts.h"
#include "macho/write/exports_trie.h"
#include "merge/lookup.h"

#include <stdlib.h>
#include <string.h>

/* --- exports --- */

static struct bytes bytes_of_text(const char *text) {
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static struct export own_export(const struct merge *merge, const char *name,
                                const struct definition *definition) {
    const struct part *part = &merge->parts[definition->part];
    return (struct export){
        .name = bytes_of_text(name),
        .flags = definition->flags,
        .offset = definition_is_address(definition)
                      ? merge_address(part, image_base(part->image) + definition->offset)
                      : definition->offset,
    };
}

/* A re-export that leads into the merged image is an export of it. */
static bool export_of(const struct merge *merge, const struct definition *definition,
                      struct export *export, struct error *error) {
    struct merged_lookup found;
    const struct part *part = &merge->parts[definition->part];
    if (!merge_follow(merge, definition, &found)) {
        error_malformed(error, "exports trie", "%s is re-exported from nowhere", definition->name);
        return error_in_file(error, part->node->file->path);
    }
    if (found.definition != NULL) {
        *export = own_export(merge, definition->name, found.definition);
        return true;
    }
    *export = (struct export){.name = bytes_of_text(definition->name), .flags = definition->flags};
    export->ordinal = (uint64_t)merge_ordinal(merge, &merge->parts[found.part], found.use);
    if (strcmp(definition->name, found.symbol) != 0)
        export->imported = bytes_of_text(found.symbol);
    return true;
}

static bool list_exports(const struct merge *merge, struct export *exports, size_t *count,
                         struct error *error) {
    const struct definitions *definitions = &merge->definitions;
    for (size_t i = 0; i < definitions->count; i++) {
        const struct definition *definition = &definitions->items[i];
        bool is_first = i == 0 || strcmp(definitions->items[i - 1].name, definition->name) != 0;
        if (is_first && !export_of(merge, definition, &exports[(*count)++], error))
            return false;
    }
    return true;
}

bool merged_exports(struct merge *merge, struct error *error) {
    struct export *exports = malloc((merge->definitions.count + 1) * sizeof *exports);
    struct rebuilt_trie trie = {0};
    size_t count = 0;
    if (exports == NULL)
        out_of_memory();
    bool listed = list_exports(merge, exports, &count, error);
    if (listed)
        exports_trie_make(exports, count, &trie);
    free(exports);
    if (!listed)
        return false;
    if (trie.bytes == NULL)
        return error_malformed(error, "exports trie", "all exports together take more than 4 GiB");
    buffer_add(&merge->made.exports, trie.bytes, trie.size);
    free(trie.bytes);
    return true;
}

/* --- what is said of code --- */

static bool move_function_starts(struct merge *merge, const struct part *part, uint64_t *last,
                                 struct error *error) {
    struct function_starts starts = {.bytes = part_linkedit(part, "function starts")};
    *error = (struct error){0};
    if (starts.bytes.size == 0)
        return true;
    while (function_starts_next(&starts, error)) {
        uint64_t start = merge_address(part, image_base(part->image) + starts.offset);
        if (start - *last > UINT32_MAX)
            return error_malformed(error, "function starts", "one lies outside the part");
        buffer_leb(&merge->made.function_starts, start - *last);
        *last = start;
    }
    return error->kind == ERROR_NONE;
}

static bool move_data_in_code(struct merge *merge, const struct part *part, struct error *error) {
    struct bytes old = part_linkedit(part, "data in code");
    if (!data_in_code_valid(old, error))
        return false;
    for (size_t i = 0; i < data_in_code_count(old); i++) {
        struct data_in_code entry = data_in_code_at(old, i);
        buffer_little(&merge->made.data_in_code, 4,
                      merge_address(part, image_base(part->image) + entry.offset));
        buffer_little(&merge->made.data_in_code, 2, entry.length);
        buffer_little(&merge->made.data_in_code, 2, entry.kind);
    }
    return true;
}

bool merged_code_tables(struct merge *merge, struct error *error) {
    uint64_t last = 0;
    for (size_t i = 0; i < merge->part_count; i++)
        if (!move_function_starts(merge, &merge->parts[i], &last, error) ||
            !move_data_in_code(merge, &merge->parts[i], error))
            return error_in_file(error, merge->parts[i].node->file->path);
    if (merge->made.function_starts.size != 0)
        buffer_little(&merge->made.function_starts, 1, 0);
    return true;
}
