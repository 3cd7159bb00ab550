/* A rewriting: what a new image file will hold, before a byte of it is written. */
#ifndef VAFIT_REWRITE_IMAGE_REWRITE_H
#define VAFIT_REWRITE_IMAGE_REWRITE_H

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mapping.h"
#include "program/image_file.h"
#include "rewrite/linkedit_rewrite.h"
#include "rewrite/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A run of bytes of the new file. */
struct piece {
    uint64_t offset;     /* in the new file, bytes */
    uint64_t size;       /* bytes */
    const uint8_t *data; /* where it stands in memory; NULL for one of the old file */
    uint64_t old_offset; /* in the old file, when data is NULL */
};

/* One slice of an architecture that vafit rewrites. */
struct slice_rewrite {
    const struct image_slice *old;
    uint64_t offset;         /* in the new file, bytes */
    uint64_t size;           /* bytes */
    size_t piece;            /* of the rewriting: where the new contents of __LINKEDIT go */
    struct mapping head;     /* the old header and load commands */
    struct mapping linkedit; /* the old contents of __LINKEDIT */
    struct old_slice parts;  /* views into both */
    struct new_linkedit made;
};

/* Release with image_rewrite_free. */
struct image_rewrite {
    const struct image_file *old;
    struct slice_rewrite *slices; /* as many as old->slice_count, in its order */
    uint8_t *universal_header;    /* the new one; NULL for a thin file */
    uint64_t size;                /* of the new file, bytes */
    struct piece *pieces;         /* all of the new file but gaps of zeros, by rising offset */
    size_t piece_count;
    uint64_t unclaimed; /* bytes that no table reached, of all slices and outside of them, which are
                           gone */
};

/* Plans the rewriting of every slice, all but the page hashes of signatures. The file is open and
 * its images were read. Other slices of a universal file are carried along unchanged. Errors: those
 * of linkedit_plan and image_rewrite_may_sign; ERROR_IO; ERROR_MALFORMED for bytes that no slice
 * or segment reaches, unless they may be lost. */
bool image_rewrite_plan(const struct image_file *old, const struct rewrite_options *options,
                        struct image_rewrite *rewrite, struct error *error);
/* Plans it to tell sizes: it can be neither signed nor written before image_rewrite_complete. Who
 * signed does not matter. */
bool image_rewrite_measure(const struct image_file *old, const struct losses *losses,
                           struct image_rewrite *rewrite, struct error *error);
/* Bytes of memory that a measured one takes, but for pages of the old file. */
uint64_t image_rewrite_memory(const struct image_rewrite *rewrite);
/* Lets go of the old file's pages, which are read again when they are needed. */
void image_rewrite_rest(const struct image_rewrite *rewrite);
/* Makes a measured one what image_rewrite_plan makes. `old` is the same file, opened again. After
 * an error it is freed. */
bool image_rewrite_complete(struct image_rewrite *rewrite, const struct image_file *old,
                            const struct rewrite_options *options, struct error *error);
/* What a rewriting leaves at least, as far as load commands tell: bytes of the file, and of the
 * vm_space of each slice. */
uint64_t image_rewrite_least(const struct image_file *old, const struct level *level,
                             uint64_t *vm_spaces);
/* Whether a slice is signed by an identity. */
bool image_rewrite_has_identity(const struct image_rewrite *rewrite);
/* Whether it can be signed again: with a command for it if an identity signed. Errors:
 * ERROR_MALFORMED. */
bool image_rewrite_may_sign(const struct image_rewrite *rewrite,
                            const struct rewrite_options *options, struct error *error);
/* Fills in the page hashes; before it the new bytes are not complete.
 * Errors: those of slice_sign. */
bool image_rewrite_sign(struct image_rewrite *rewrite, struct error *error);
/* Whether the new file would equal the old one, so that there is nothing to write. Errors:
 * ERROR_IO. */
bool image_rewrite_is_needed(const struct image_rewrite *rewrite, bool *needed,
                             struct error *error);
/* Writes the new file's bytes, of which it has the first `copied` ones of the old file already.
 * Errors: ERROR_IO. */
bool image_rewrite_write(const struct image_rewrite *rewrite, uint64_t copied,
                         struct atomic_file *file, struct error *error);
/* Releases what only planning, signing and writing need, which is most of its memory; sizes and
 * identities stay. */
void image_rewrite_written(struct image_rewrite *rewrite);
/* The bytes that __LINKEDIT has less in the new file, over all slices; negative when it grew. */
int64_t image_rewrite_freed(const struct image_rewrite *rewrite);
/* The vm_space (macho/image.h) of slice i in the new file. */
uint64_t image_rewrite_vm_space(const struct image_rewrite *rewrite, size_t i);
void image_rewrite_free(struct image_rewrite *rewrite);

#endif
