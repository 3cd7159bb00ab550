/* Unclaimed bytes: those of __LINKEDIT that are not zero and that no table reaches.
 *
 * They are somebody's: one-file programs keep their archive there. PyInstaller, for one, stretches
 * LC_SYMTAB's strsize over it so that codesign takes the file. */
#ifndef VAFIT_MACHO_UNCLAIMED_H
#define VAFIT_MACHO_UNCLAIMED_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A run of such bytes, without the zeros at its ends. */
struct unclaimed {
    const char *where;  /* "string pool": the part that it lies in; "__LINKEDIT" for none */
    uint64_t offset;    /* bytes from the start of the slice */
    struct bytes bytes; /* in __LINKEDIT */
    bool carried;       /* after the SuperBlob of a signature, and carried along with that */
};

/* Zero-initialise it; release with unclaimed_list_free. */
struct unclaimed_list {
    struct unclaimed *items; /* in no order that means anything, the same for the same slice */
    size_t count;
    size_t capacity;
    uint64_t size; /* bytes, of all */
};

/* Adds the unclaimed bytes of a slice whose file contents of __LINKEDIT are `linkedit`:
 *   between its parts, before the first and after the last one;
 *   in the string pool, a run that no symbol's name touches. It is not unclaimed when each of
 *   its NUL-ended pieces is printable and begins as the names of symbols do, which is what a tool
 *   leaves that takes symbols out of the table alone;
 *   in the exports trie, what no node holds;
 *   in the signature, what lies outside the SuperBlob and between its blobs.
 * What cannot be read, because a table is malformed, is for others to refuse. Memory: an eighth of
 * the string pool and of the trie. */
void unclaimed_find(const struct image *image, struct bytes linkedit, struct unclaimed_list *list);
void unclaimed_list_free(struct unclaimed_list *list);

/* Fills *error with where, how many and what they may be. Returns false. */
bool unclaimed_error(struct error *error, const struct unclaimed *unclaimed);

#endif
