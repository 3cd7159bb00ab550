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
    uint64_t hash; /* of its name (base/name_set.h) */
    uint8_t flags; /* EXPORT_SYMBOL_FLAGS_... */
};

/* Zero-initialise it; release with export_list_free. */
struct export_list {
    struct listed_export *items; /* in the order of the trie */
    size_t count;
    size_t capacity;
    size_t unmerged;    /* the number + 1 of one that is a re-export, or has a resolver or variants;
                           0 for none */
    bool coalesces;     /* the image has MH_WEAK_DEFINES */
    struct error error; /* why there are no more than these: ERROR_MALFORMED, naming the file */
};

void export_list_read(const struct part *part, struct export_list *list);
/* The name of export `number` of the part, in the arena. */
const char *export_list_name(struct arena *arena, const struct part *part, size_t number);
bool listed_export_is_weak(const struct listed_export *export);
void export_list_free(struct export_list *list);

#endif
