/* A rewriting: what a new image file will hold, before a byte of it is written. */
#ifndef VAFIT_REWRITE_REWRITING_H
#define VAFIT_REWRITE_REWRITING_H

#include "base/error.h"
#include "base/file.h"
#include "base/mapping.h"
#include "base/new_file.h"
#include "images/image_file.h"
#include "rewrite/level.h"
#include "rewrite/pack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A stretch of the new file. */
struct piece {
    uint64_t offset;     /* in the new file, bytes */
    uint64_t size;       /* bytes */
    const uint8_t *data; /* where it stands in memory; NULL for one of the old file */
    uint64_t old_offset; /* in the old file, when data is NULL */
};

/* One slice of an architecture that vafit rewrites. */
struct slice_rewriting {
    const struct image_slice *old;
    uint64_t offset;         /* in the new file, bytes */
    uint64_t size;           /* bytes */
    struct mapping head;     /* the old header and load commands */
    struct mapping linkedit; /* the old contents of __LINKEDIT */
    struct packed packed;
};

/* Release with rewriting_free. */
struct rewriting {
    const struct image_file *old;
    struct slice_rewriting *slices; /* as many as old->slice_count, in its order */
    uint8_t *universal_header;      /* the new one; NULL for a thin file */
    uint64_t size;                  /* of the new file, bytes */
    struct piece *pieces;           /* all of the new file but gaps of zeros, by rising offset */
    size_t piece_count;
    uint64_t unclaimed; /* bytes that no table reached, of all slices and outside of them, which are
                           gone */
};

/* Plans the rewriting of every slice, all but the page hashes of signatures; one that is only
 * measured tells sizes and can be neither signed nor written. The file is open and
 * its images were read. Other slices of a universal file are carried along unchanged.
 * Errors: those of pack_slice, ERROR_IO; ERROR_MALFORMED for bytes that no table, slice or segment
 * reaches, unless they may be dropped, and for a signature of somebody's when `keep_identity` is
 * false. */
bool rewriting_plan(const struct image_file *old, const struct packing *packing, bool keep_identity,
                    struct rewriting *rewriting, struct error *error);
/* Fills in the page hashes, on at most `jobs` threads; before it the new bytes are not complete.
 * Errors: ERROR_IO; ERROR_MALFORMED for a page whose bytes stay and are not those that were signed:
 * a new signature would hide that the file was changed. */
bool rewriting_sign(struct rewriting *rewriting, unsigned jobs, struct error *error);
/* Whether the new file would equal the old one, so that there is nothing to write. Errors:
 * ERROR_IO. */
bool rewriting_is_needed(const struct rewriting *rewriting, bool *needed, struct error *error);
/* Writes the new file's bytes, of which it has the first `copied` ones of the old file already.
 * Errors: ERROR_IO. */
bool rewriting_write(const struct rewriting *rewriting, uint64_t copied, struct new_file *file,
                     struct error *error);
/* Releases what only planning, signing and writing need, which is most of its memory; sizes and
 * identities stay. */
void rewriting_written(struct rewriting *rewriting);
/* The bytes that __LINKEDIT has less in the new file, over all slices; negative when it grew. */
int64_t rewriting_freed(const struct rewriting *rewriting);
/* The vm_space (macho/image.h) of slice i in the new file. */
uint64_t rewriting_vm_space(const struct rewriting *rewriting, size_t i);
void rewriting_free(struct rewriting *rewriting);

#endif
