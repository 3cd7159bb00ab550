/* The exports trie of LC_DYLD_EXPORTS_TRIE: a prefix tree, each edge as long as it can be, nodes in
 * depth-first order, offsets as short as they can be. */
#ifndef MAKE_MACHO_TRIE_H
#define MAKE_MACHO_TRIE_H

#include "buffer.h"
#include "symbols.h"

/* Adds the trie of `exports`, sorted by name and without duplicates; `base` is the address of the
 * header, from which a trie counts. No exports make no trie. */
void trie_write(const struct export_symbol *exports, size_t count, uint64_t base,
                struct buffer *buffer);

#endif
