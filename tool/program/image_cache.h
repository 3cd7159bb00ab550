/* A library: every image file that was met, found by path. Each file is opened once, however many
 * programs load it and whatever symbolic links lead to it; a second hard link is opened to see that
 * it is one. */
#ifndef VAFIT_PROGRAM_IMAGE_CACHE_H
#define VAFIT_PROGRAM_IMAGE_CACHE_H

#include "base/arena.h"
#include "base/error.h"
#include "program/image_file.h"

#include <stdbool.h>

struct image_cache;

/* A library of the files on disk. They stay open as far as the system's limit on open files allows,
 * and are opened again where their symbol tables are wanted beyond it. Release with
 * image_cache_free.
 */
struct image_cache *image_cache_on_disk(void);
/* A library of what facts files say; it never looks at the images themselves. */
struct image_cache *image_cache_of_facts(void);
/* Adds the images of facts files, which are read beside each other. An image's path that is known
 * already is an error. Errors: ERROR_IO, ERROR_MALFORMED, of the first file that has one, naming
 * it. Only for a library of facts. */
bool image_cache_add_facts(struct image_cache *cache, const struct string_list *paths,
                           struct error *error);
/* Lets the file stand for what its path leads to, whatever is there on disk: the library then is of
 * files as they would be. Its images were read; it outlives the library, and stays its owner's.
 * Only for a library of files on disk, before anything is looked up. */
void image_cache_put(struct image_cache *cache, struct image_file *file);
void image_cache_free(struct image_cache *cache);

/* From now on the file at `path` is read from `instead`, whose path it has then. Not for facts. */
void image_cache_replace(struct image_cache *cache, const char *path, const char *instead);

enum lookup {
    LOOKUP_ABSENT, /* no such file */
    LOOKUP_OTHER,  /* a folder or a device, not a file */
    LOOKUP_LOOP,   /* a symbolic link that leads to itself, or through too many others */
    LOOKUP_STUB,   /* a text-based stub (.tbd): for linkers, not an image */
    LOOKUP_FOUND,
    LOOKUP_FAILED, /* there is a file, and it is malformed or cannot be read: image_cache_errors has
                    * it
                    */
};

/* Looks a path up; on LOOKUP_FOUND *file is set. */
enum lookup image_cache_find(struct image_cache *cache, const char *path, struct image_file **file);
/* The image of a slice, read when it is first asked for; NULL when it is malformed, which is added
 * to image_cache_errors once. */
const struct image *image_cache_image(struct image_cache *cache, struct image_file *file,
                                      struct image_slice *slice);
/* Reads the exact linkedit sizes of a slice whose image is known, with what level lossless would
 * free where the slice wants that. Different files may be worked on
 * by different threads. Errors: ERROR_IO, ERROR_MALFORMED, naming the file. */
bool image_cache_read_sizes(struct image_cache *cache, struct image_file *file,
                            struct image_slice *slice, struct error *error);

/* Sets `hardened` of an executable's slice whose image is known (program/hardened.h); facts have
 * it. Errors: ERROR_IO, naming the file. */
bool image_cache_read_hardened(struct image_cache *cache, struct image_file *file,
                               struct image_slice *slice, struct error *error);

/* What was found wrong with the files that were met. Owned by the library. */
struct errors *image_cache_errors(struct image_cache *cache);
/* The arena in which the library's files live. */
struct arena *cache_arena(struct image_cache *cache);
/* The files opened so far, images and facts, in the order they were opened. */
const struct string_list *image_cache_opened(const struct image_cache *cache);
/* Every image file, in the order it was met. */
struct image_file *const *image_cache_files(const struct image_cache *cache, size_t *count);
/* "files" or "facts": where the library's knowledge comes from. */
const char *image_cache_source(const struct image_cache *cache);
/* Why a path leads to nothing there: "no such file", or "not among the facts". */
const char *image_cache_absence(const struct image_cache *cache);

#endif
