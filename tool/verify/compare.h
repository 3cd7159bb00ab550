/* Compare: does a rewritten slice mean the same as the original? */
#ifndef VAFIT_VERIFY_COMPARE_H
#define VAFIT_VERIFY_COMPARE_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "macho/image.h"
#include "program/level.h"

#include <stdbool.h>
#include <stdint.h>

/* One of the two: what of it is in memory, and the file for the rest. */
struct compared_slice {
    const struct image *image;
    struct bytes head;     /* header and load commands */
    struct bytes linkedit; /* the file contents of __LINKEDIT */
    const struct file *file;
    uint64_t offset;          /* of the slice in the file, bytes */
    uint64_t size;            /* of the slice, bytes */
    struct file_range proven; /* what of the new file is known to be the old one's */
};

/* Holds `changed` against `original`, of which what `losses` tells may be gone:
 *   the load commands, but for the places of __LINKEDIT's parts and what follows from them;
 *   every byte outside the header, the load commands and __LINKEDIT;
 *   __LINKEDIT ends the slice, and has no more memory than it needs;
 *   fixups of both kinds, the exports trie, function starts and data in code by what they mean; at
 *   a level that drops exports, those that `world` does not keep may be gone;
 * every other part of __LINKEDIT that holds anything but symbols, byte for byte; the symbols: those
 * that are left are the old ones, with their names, in their order, and those that are gone are all
 * of the uses that one level, up to `level`, drops; the indirect table: each entry names the same
 * symbol, or is local because that symbol is gone; the signature: the same identifier, flags and
 * other blobs, the same hashes for the pages that hold the same bytes, and for all others the right
 * ones (whether the original's hashes are right validate_file tells). What no table reaches
 * (macho/unclaimed.h) is told of both by itself, and is the same. Differences are added to *errors,
 * without the file's name, each naming what differs; false when there are any. Errors of reading
 * are among them. Memory: a few MiB, and four bytes a symbol. */
bool compare_slices(const struct compared_slice *original, const struct compared_slice *changed,
                    const struct losses *losses, struct errors *errors);

#endif
