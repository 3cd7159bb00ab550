/* list: prints what vafit reads in a Mach-O file, to be held against what LLVM reads.
 *
 *     list exports FILE      as llvm-objdump-19 --macho --exports-trie, by the order of names
 *     list functions FILE    as llvm-objdump-19 --macho --function-starts=addrs
 *
 * All slices that vafit judges, one after the other. Exit status 3 for what cannot be read, with
 * vafit's message. */
#include "list.h"

#include "base/mapping.h"
#include "images/library.h"
#include "verbs/common_options.h"

#include <stdio.h>
#include <string.h>

static const struct lister {
    const char *name;
    const char *part;
    bool (*list)(struct bytes part, const struct image *image, struct error *error);
} listers[] = {
    {"exports", "exports trie", list_exports},
    {"functions", "function starts", list_functions},
};

uint64_t list_base(const struct image *image) {
    const struct segment *text = segments_find(&image->segments, "__TEXT");
    return text == NULL ? 0 : text->address;
}

static bool list_slice(const struct lister *lister, const struct image_file *file,
                       const struct image_slice *slice, struct error *error) {
    bool good = true;
    for (size_t i = 0; i < slice->image->parts.count && good; i++) {
        const struct linkedit_part *part = &slice->image->parts.items[i];
        struct mapping mapping;
        if (strcmp(part->name, lister->part) != 0)
            continue;
        good = mapping_make(&file->file, slice->offset + part->file_offset, part->size, &mapping,
                            error);
        if (good) {
            good = lister->list(mapping.bytes, slice->image, error);
            mapping_free(&mapping);
        }
    }
    return good;
}

static int list_file(const struct lister *lister, const char *path) {
    struct library *library = library_on_disk();
    const struct image_file *file = operand_read(library, path);
    int status = file == NULL ? ERROR_MALFORMED : 0;
    for (size_t i = 0; file != NULL && i < file->slice_count && status == 0; i++) {
        struct error error;
        if (!list_slice(lister, file, &file->slices[i], &error)) {
            error_in_file(&error, path);
            error_print(stderr, &error);
            status = (int)error.kind;
        }
    }
    errors_print(stderr, library_errors(library));
    library_free(library);
    return status;
}

int main(int argc, char **argv) {
    for (size_t i = 0; argc == 3 && i < sizeof listers / sizeof listers[0]; i++)
        if (strcmp(listers[i].name, argv[1]) == 0)
            return list_file(&listers[i], argv[2]);
    fprintf(stderr, "list: usage: list exports|functions FILE\n");
    return ERROR_USAGE;
}
