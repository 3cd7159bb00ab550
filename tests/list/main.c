/* list: prints what vafit reads in a Mach-O file, to be held against what LLVM reads.
 *
 *     list exports FILE      as llvm-objdump-19 --macho --exports-trie, by the order of names
 *     list functions FILE    as llvm-objdump-19 --macho --function-starts=addrs
 *     list fixups FILE       as tests/lib/fixups.py puts what llvm-objdump-19 reads: in their
 * order, import ORDINAL SYMBOL ADDEND [weak]          what chained fixups import rebase ADDRESS
 * TARGET                        the target with its topmost byte bind ADDRESS ORDINAL SYMBOL ADDEND
 * [weak] lazy ADDRESS ORDINAL SYMBOL ADDEND [weak] weak ADDRESS SYMBOL ADDEND strong SYMBOL
 *
 * All slices that vafit judges, one after the other. Exit status 3 for what cannot be read, with
 * vafit's message. */
#include "list.h"

#include "base/mapping.h"
#include "macho/fixup_walk.h"
#include "program/image_cache.h"
#include "verbs/common_options.h"

#include <stdio.h>
#include <string.h>

static bool is_exports(const char *part) {
    return strcmp(part, "exports trie") == 0;
}

static bool is_functions(const char *part) {
    return strcmp(part, "function starts") == 0;
}

static const struct lister {
    const char *name;
    bool (*lists)(const char *part);
    bool (*list)(const struct listed *part, struct error *error);
} listers[] = {
    {"exports", is_exports, list_exports},
    {"fixups", fixup_walk_reads, list_fixups},
    {"functions", is_functions, list_functions},
};

static bool list_slice(const struct lister *lister, const struct image_file *file,
                       const struct image_slice *slice, struct error *error) {
    const struct linkedit_parts *parts = &slice->image->parts;
    struct mapping mapping;
    bool good = image_file_map_slice(file, slice, &mapping, error);
    for (size_t i = 0; i < parts->count && good; i++) {
        struct listed part = {
            .name = parts->items[i].name, .slice = mapping.bytes, .image = slice->image};
        bytes_part(mapping.bytes, parts->items[i].file_offset, parts->items[i].size, &part.bytes);
        if (lister->lists(part.name))
            good = lister->list(&part, error);
    }
    mapping_free(&mapping);
    return good;
}

static int list_file(const struct lister *lister, const char *path) {
    struct image_cache *cache = image_cache_on_disk();
    const struct image_file *file = operand_read(cache, path);
    int status = file == NULL ? ERROR_MALFORMED : 0;
    for (size_t i = 0; file != NULL && i < file->slice_count && status == 0; i++) {
        struct error error;
        if (!list_slice(lister, file, &file->slices[i], &error)) {
            error_in_file(&error, path);
            error_print(stderr, &error);
            status = (int)error.kind;
        }
    }
    errors_print(stderr, image_cache_errors(cache));
    image_cache_free(cache);
    return status;
}

int main(int argc, char **argv) {
    for (size_t i = 0; argc == 3 && i < sizeof listers / sizeof listers[0]; i++)
        if (strcmp(listers[i].name, argv[1]) == 0)
            return list_file(&listers[i], argv[2]);
    fprintf(stderr, "list: usage: list exports|fixups|functions FILE\n");
    return ERROR_USAGE;
}
