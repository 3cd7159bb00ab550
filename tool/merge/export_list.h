/* The exports of one image by the hashes of their names: 16 bytes each, however long names are. */
#ifndef VAFIT_MERGE_EXPORT_LIST_H
#define VAFIT_MERGE_EXPORT_LIST_H

#include "base/arena.h"
#include "base/error.h"
#include "merge/part.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct listed_export {
    uint64_t hash;     /* of its name (base/name_set.h) */
    uint32_t reexport; /* the number + 1 of its listed_reexport; 0 for one of the image's own */
    uint8_t flags;     /* EXPORT_SYMBOL_FLAGS_... */
};

/* What an export is that is another image's symbol. */
struct listed_reexport {
    uint64_t ordinal; /* of the dylib that has it, from 1, as the trie says it */
    uint64_t hash;    /* of its name there */
};

/* Zero-initialise it; release with export_list_free. */
struct export_list {
    struct listed_export *items; /* in the order of the trie */
    size_t count;
    size_t capacity;
    struct listed_exports {
        struct listed_export *items;
        size_t count;
        size_t capacity;
    } by_hash; /* once export_list_find was asked */
    struct listed_reexports {
        struct listed_reexport *items;
        size_t count;
        size_t capacity;
    } reexports;
    size_t unmerged;    /* the number + 1 of one that has a resolver or variants; 0 for none */
    bool coalesces;     /* the image has MH_WEAK_DEFINES */
    bool is_known;      /* the image was read, and dyld goes by its trie */
    struct error error; /* why there are no more than these: ERROR_MALFORMED, naming the file */
};

void export_list_read(const struct part *part, struct export_list *list);
/* The name of export `number` of the part, in the arena. */
const char *export_list_name(struct arena *arena, const struct part *part, size_t number);
/* The export whose name has that hash; NULL when there is none. Sorts a copy at first. */
const struct listed_export *export_list_find(struct export_list *list, uint64_t hash);
bool listed_export_is_weak(const struct listed_export *export);
void export_list_free(struct export_list *list);

#endif
