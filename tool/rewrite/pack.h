/* Pack: the new load commands and the new __LINKEDIT of one slice, without its page hashes. */
#ifndef VAFIT_REWRITE_PACK_H
#define VAFIT_REWRITE_PACK_H

#include "base/bytes.h"
#include "base/error.h"
#include "images/closed_world.h"
#include "macho/code_signature.h"
#include "macho/image.h"
#include "rewrite/level.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a slice is made of, as far as it is needed. */
struct old_slice {
    const struct image *image;
    struct bytes head;        /* header and load commands */
    struct bytes linkedit;    /* the file contents of __LINKEDIT */
    uint64_t linkedit_offset; /* of those, bytes from the start of the slice */
};

/* What is wanted of it. */
struct packing {
    const struct level *level;
    const struct closed_world *world; /* of a level that drops exports: which of them stay */
    bool drop_unclaimed;              /* bytes that no table reaches go; else they are refused */
    bool measured; /* only the head and sizes are wanted, so that `linkedit` and `hashes` stay NULL
                    */
};

/* The new ones. Release with packed_free. */
struct packed {
    uint8_t *head;          /* as many bytes as the old head */
    uint8_t *linkedit;      /* owned, as is head */
    uint64_t linkedit_size; /* bytes: the new filesize of __LINKEDIT */
    uint64_t unclaimed;     /* bytes that no table reached (macho/unclaimed.h), which are gone */
    bool is_signed;
    struct code_signature old_signature; /* views into the old __LINKEDIT */
    uint64_t code_limit; /* offset of the new signature in the slice: what it hashes */
    uint8_t *hashes;     /* in `linkedit`: where the page hashes go */
};

/* Drops what the level drops and packs what stays in the old order, each part at a multiple of 8
 * and the signature of 16; an exports trie is built anew, of the exports that stay, where that
 * makes it smaller. Of the load
 * commands only the places of parts, LC_DYSYMTAB's counts and __LINKEDIT's sizes change. Errors:
 * ERROR_MALFORMED for tables that contradict each other, for an exports trie that cannot be read,
 * for fixups that can be told to be malformed without the segments they are in, and for what cannot
 * be rewritten: load commands vafit does not know, encrypted images, at a level that drops symbols
 * LC_DYSYMTAB's table of contents, module table and external references. */
bool pack_slice(const struct old_slice *old, const struct packing *packing, struct packed *packed,
                struct error *error);
void packed_free(struct packed *packed);

#endif
