/* The new load commands and the new __LINKEDIT of one slice, without its page hashes. */
#ifndef VAFIT_REWRITE_LINKEDIT_REWRITE_H
#define VAFIT_REWRITE_LINKEDIT_REWRITE_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/code_signature.h"
#include "macho/image.h"
#include "program/closed_world.h"
#include "program/level.h"

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

/* What is known of the new contents before they are written. */
struct linkedit_plan;

/* The new ones. Release with new_linkedit_free. */
struct new_linkedit {
    struct linkedit_plan *plan; /* owned; NULL once the contents are written */
    uint8_t *head;              /* as many bytes as the old head */
    uint8_t *linkedit;          /* owned, as is head; NULL before linkedit_write */
    uint64_t linkedit_size;     /* bytes: the new filesize of __LINKEDIT */
    uint64_t unclaimed; /* bytes that no table reached (macho/unclaimed.h), which are gone */
    bool is_signed;
    struct code_signature old_signature; /* views into the old __LINKEDIT */
    uint64_t code_limit; /* offset of the new signature in the slice: what it hashes */
    uint8_t *hashes;     /* in `linkedit`: where the page hashes go */
};

/* Plans the new load commands, and tells the sizes. `old` and what it points to must outlive the
 * plan.
 *
 * A level that only aligns moves the parts that are not aligned, and what they would then lie over,
 * up to the next multiple, and makes the signature anew. Any other drops what `losses` says and
 * puts what stays in the old order, each part at a multiple of 8 and the signature of 16; an
 * exports trie is built anew, of the exports that stay, where that makes it smaller. Of the load
 * commands only the places of parts, LC_DYSYMTAB's counts and __LINKEDIT's sizes change. Errors:
 * ERROR_MALFORMED for tables that contradict each other, for an exports trie that cannot be read,
 * for fixups that can be told to be malformed without the segments they are in, for bytes that no
 * table reaches unless they may be lost, and for what cannot be rewritten: load commands vafit does
 * not know, encrypted images, at a level that drops symbols LC_DYSYMTAB's table of contents, module
 * table and external references. */
bool linkedit_plan(const struct old_slice *old, const struct losses *losses,
                   struct new_linkedit *made, struct error *error);
/* Bytes of memory that a plan takes. */
uint64_t linkedit_plan_memory(const struct linkedit_plan *plan);
/* Makes the planned contents. */
void linkedit_write(struct new_linkedit *made);
/* The bytes that the new __LINKEDIT of an image has at least: what its load commands alone tell. */
uint64_t linkedit_least_size(const struct image *image, const struct level *level);
void new_linkedit_free(struct new_linkedit *made);

#endif
