/* Exports tries made anew, as small as they sensibly get. */
#ifndef VAFIT_MACHO_WRITE_EXPORTS_TRIE_H
#define VAFIT_MACHO_WRITE_EXPORTS_TRIE_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/exports_trie.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which exports stay: whether this one does. */
typedef bool exports_keep(void *context, const struct export *export);

/* Release `bytes` with free(). */
struct rebuilt_trie {
    uint8_t
        *bytes;  /* NULL where the new trie is larger than the old one: nothing is gained by it */
    size_t size; /* bytes, without padding */
};

/* Builds a trie of the exports of `old` that `keep` wants; NULL wants all. No node has but one
 * child and no export, but for the root; numbers are as short as they get; what no edge leads to is
 * gone. The root comes first, then as many of the smallest leaves as begin below 16 KiB, where an
 * edge to them is a byte shorter (docs/design.md, "Rewriting"), then all others, each with what is
 * below it. The same exports give the same bytes, so that building it again changes nothing. A trie
 * without exports is a root. Takes 40 bytes a node and a copy of names and exports while it works:
 * three to four times the memory of a trie as linkers write them, about ten times that of one that
 * is all nodes. Errors: those of exports_trie_next. */
bool exports_trie_write(struct bytes old, exports_keep *keep, void *context,
                        struct rebuilt_trie *rebuilt, struct error *error);
/* Builds the trie of `exports`, which rise by name, byte by byte, and of which no two have one
 * name; `shared` does not count. `bytes` is NULL when it would be larger than 4 GiB. */
void exports_trie_make(const struct export *exports, size_t count, struct rebuilt_trie *rebuilt);

#endif
