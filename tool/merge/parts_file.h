/* What is in a merged image, beside it as PATH.parts.json: for crash reporters, which know the
 * parts by their UUIDs, and to take it back. Schema "vafit.parts/1": docs/reports.md. */
#ifndef VAFIT_MERGE_PARTS_FILE_H
#define VAFIT_MERGE_PARTS_FILE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "merge/merge.h"

/* A file that was replaced for the merge: a part, which is a stub now, or a client. */
struct replaced_file {
    const char *path;                 /* from the folder of the merged image */
    uint8_t original[SHA256_SIZE];    /* file_digest of the original that is kept */
    uint8_t replacement[SHA256_SIZE]; /* and of the new file */
};

struct replaced_files {
    struct replaced_file *items;
    size_t count;
    size_t capacity;
};

/* What merged images are called where nobody gives them a name. */
#define MERGED_LEAF "libconsolidated.dylib"
/* "libx.dylib", "libx_2.dylib": the leaf of merged image number 0, 1. In the arena. */
const char *merged_leaf(struct arena *arena, const char *leaf, size_t number);
/* The path beside that of the merged image, in the arena. */
const char *parts_file_path(struct arena *arena, const char *merged);
/* Writes the JSON. */
void parts_file_make(const struct merge *merge, const struct replaced_files *replaced,
                     struct buffer *json);
/* Reads which files were replaced for the merged image of that UUID; NULL: of any. In the arena.
 * Errors: ERROR_IO, ERROR_MALFORMED, naming the file. */
bool parts_file_read(struct arena *arena, const char *path, const uint8_t uuid[16],
                     struct replaced_files *replaced, struct error *error);

/* Reads the leaf names of the parts. In the arena. Errors: likewise. */
bool parts_file_read_parts(struct arena *arena, const char *path, struct string_list *files,
                           struct error *error);

/* Likewise, of what may be a merged image: false when `image`, read from `path`, is none. */
bool parts_file_of(struct arena *arena, const char *path, const struct image *image,
                   struct replaced_files *replaced);

/* Whether the file says that a merged image has the parts of `merge`, by their install names. */
bool parts_file_is_of(const char *path, const struct merge *merge);

#endif
