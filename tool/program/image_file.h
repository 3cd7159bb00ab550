/* An image file: one file with the images of its slices. */
#ifndef VAFIT_PROGRAM_IMAGE_FILE_H
#define VAFIT_PROGRAM_IMAGE_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mapping.h"
#include "base/options.h"
#include "macho/image.h"
#include "macho/universal.h"
#include "program/linkedit_sizes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exports that nobody in a closed world asks for: program/unused_exports.h counts them. */
struct unused_exports {
    bool known;
    uint64_t count;
    uint64_t bytes;
};

/* One slice of an architecture that vafit judges. */
struct image_slice {
    const struct architecture *architecture;
    uint64_t offset;           /* bytes from the start of the file */
    uint64_t size;             /* bytes */
    size_t number;             /* among all slices of its library, from 0 on */
    const struct image *image; /* NULL until image_file_parse, and after it failed */
    bool failed;               /* image_parse refused it; its error was reported */
    bool wants_linkedit_sizes; /* a report shows its __LINKEDIT taken apart */
    bool wants_lossless;       /* and what level lossless would free of it */
    bool has_linkedit_sizes;   /* `linkedit_sizes` was read */
    struct linkedit_sizes linkedit_sizes;
    struct unused_exports unused_exports;
    bool hardened; /* program/hardened.h, where it was read */
};

/* Lives in the arena of the library that holds it. */
struct image_file {
    const char *path;           /* as a user would write it; its symbolic link, if any, followed */
    struct string_list names;   /* other paths that lead to it, in the order they were met */
    bool is_instead;            /* it was read in place of another file, and has no other paths */
    uint64_t size;              /* bytes, all slices */
    bool thin;                  /* it has no universal header */
    struct image_slice *slices; /* in the order of the universal header */
    size_t slice_count;
    struct file file; /* closed (descriptor -1) for a file known from facts */
    bool is_unnamed;  /* what `path` would lead to: `file` has no name, and stays open */
};

/* Whether an open file is one that vafit can be asked to rewrite: an image that is loaded, of an
 * architecture it knows, or a universal file with one. False for object files, archives, text and
 * what cannot be read; true for a universal header that is malformed, for whoever reads it next to
 * say so. */
bool image_file_is_loaded(const struct file *file);
/* Likewise, whether it is a program: an MH_EXECUTE, of the architecture of that name where one is
 * given. */
bool image_file_has_program(const struct file *file, const char *architecture);
/* Reads the universal header, or what stands in its place, of an opened file into *file, and the
 * image of a thin one at once. Errors: ERROR_MALFORMED, ERROR_IO, naming the file. */
bool image_file_read(struct arena *arena, struct image_file *file, struct error *error);
/* Reads the image of a slice unless that was done. Errors as above. */
bool image_file_parse(struct arena *arena, struct image_file *file, struct image_slice *slice,
                      struct error *error);
/* Maps the header and the load commands of a slice of an open file. Errors: ERROR_MALFORMED,
 * ERROR_IO, without the file's name. */
bool image_file_map_head(const struct image_file *file, const struct image_slice *slice,
                         struct mapping *head, struct error *error);
/* Maps all of a slice of an open file. Errors: ERROR_IO without the file's name. */
bool image_file_map_slice(const struct image_file *file, const struct image_slice *slice,
                          struct mapping *mapping, struct error *error);
/* Maps the start of an open file, where a universal header is, and reads the slices there are, of
 * whatever architecture. Errors as of image_file_map_head. */
bool image_file_map_universal(const struct image_file *file, struct mapping *head,
                              struct universal *universal, struct error *error);
/* The slice of that name, or NULL. */
struct image_slice *image_file_slice(struct image_file *file, const char *architecture);
/* The slice that dyld takes for a program of that architecture, or NULL. */
struct image_slice *image_file_slice_for(struct image_file *file,
                                         const struct architecture *program);
/* What a report shows of a slice's __LINKEDIT: exact where it was wanted and read, otherwise what
 * the load commands tell. The same for files and for facts, which know all sizes. */
struct linkedit_sizes image_slice_linkedit_sizes(const struct image_slice *slice);
/* "x86_64, arm64": the slices there are, in the arena. */
const char *image_file_architectures(struct arena *arena, const struct image_file *file);

#endif
