/* The exports of all parts of a merge, by name. */
#ifndef VAFIT_MERGE_DEFINITIONS_H
#define VAFIT_MERGE_DEFINITIONS_H

#include "base/arena.h"
#include "base/error.h"
#include "macho/exports_trie.h"
#include "merge/part.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct definition {
    const char *name; /* of a re-export, its name in the other dylib follows the NUL */
    size_t part;
    uint8_t flags;   /* EXPORT_SYMBOL_FLAGS_... */
    uint64_t offset; /* as struct export has it, of the part's base; of an absolute one its value;
                        of a re-export the ordinal of the dylib */
};

struct definitions {
    struct definition *items; /* by name; of one name that of the merged image first: strong ones
                                 before weak ones, then in loading order */
    size_t count;
    size_t capacity;
    struct definition_slot *slots; /* by the hash of a name, the first of that name; may be NULL */
    size_t slot_count;             /* a power of two */
    uint64_t key;
};

/* Adds those of one part. Names are copied to the arena. Errors: ERROR_MALFORMED naming the file.
 */
bool definitions_add(struct arena *arena, const struct part *part, size_t number,
                     struct definitions *definitions, struct error *error);
/* Makes them ready to be asked. `loaded` has the loading order of each part. */
void definitions_sort(struct definitions *definitions, const size_t *loaded);
/* Makes asking fast, where many will. */
void definitions_index(struct arena *arena, struct definitions *definitions);
/* The first of that name; NULL when there is none. */
const struct definition *definitions_find(const struct definitions *definitions, const char *name);
/* That of one part; NULL when it has none. */
const struct definition *definitions_find_in(const struct definitions *definitions,
                                             const char *name, size_t part);
bool definition_is_weak(const struct definition *definition);
/* Whether it is another dylib's symbol, and its name there. */
bool definition_is_reexport(const struct definition *definition);
const char *definition_imported(const struct definition *definition);
/* Whether its value is an address of its part. */
bool definition_is_address(const struct definition *definition);

#endif
