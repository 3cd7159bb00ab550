/* A program: an executable with everything that dyld loads at its launch, in dyld's order. */
#ifndef VAFIT_PROGRAM_LOAD_ORDER_H
#define VAFIT_PROGRAM_LOAD_ORDER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"
#include "program/image_cache.h"

#include <stdbool.h>
#include <stddef.h>

/* Where to look, beside where dyld itself would. */
struct search {
    const char *sysroot; /* absolute names are looked up below it first; NULL for none */
    struct string_list
        folders; /* searched for the leaf name, or the framework, of what is missing */
    struct string_list
        inserted; /* loaded before the executable's own, as by DYLD_INSERT_LIBRARIES */
    struct string_list may_miss; /* globs of names that may be missing */
    const char *plug_in; /* loaded by the program when all that it names is; NULL for none */
};

/* One image loaded asking for another. */
struct load_edge {
    const struct dylib_use *use; /* NULL for an inserted image */
    size_t target;               /* index of the image loaded */
};

struct load_edges {
    struct load_edge *items; /* in load-command order */
    size_t count;
    size_t capacity;
};

struct loaded_image {
    struct image_file *file;
    struct image_slice *slice;
    const struct image *image;
    size_t loaded_by; /* index of the image that first asked for it; its own for the first and
                         for inserted ones */
    struct load_edges loads; /* what it asks for, without system images and what is missing */
    bool expanded;           /* its load commands were followed */
};

struct loaded_images {
    struct loaded_image *items; /* in dyld's loading order; the executable first */
    size_t count;
    size_t capacity;
};

/* One image that asks for a dylib, and the command by which it does. */
struct loader {
    size_t image;
    const struct dylib_use *use;
};

struct loaders {
    struct loader *items; /* in loading order */
    size_t count;
    size_t capacity;
};

/* An image of the system, in the shared cache: it takes none of the program's address space. */
struct system_image {
    const char *name;
    struct loaders loaders; /* without inserted ones */
};

struct system_images {
    struct system_image *items; /* in the order they were asked for; one a name */
    size_t count;
    size_t capacity;
};

/* A dylib that was not found. */
struct missing {
    const char *name;
    size_t loaded_by;
    bool weak;                /* may be missing: linked weakly */
    bool allowed;             /* may be missing: a glob of the search says so */
    struct string_list tried; /* "out/libx.dylib (no such file)", in dyld's order */
};

struct missing_list {
    struct missing *items; /* in the order they were asked for; one a name */
    size_t count;
    size_t capacity;
};

struct program {
    const char *path; /* of the executable, as it was given */
    const struct architecture *architecture;
    bool has_executable; /* false where the root is a dylib or bundle, judged as though an empty
                            program loaded it at launch */
    struct loaded_images images;
    struct missing_list missing;
    struct system_images system;
};

/* Walks programs of one library, which it does not own, one after another, and remembers what names
 * led to. Release with walker_free; programs outlive it. */
struct walker;
struct walker *walker_make(struct image_cache *cache);
void walker_free(struct walker *walker);

/* Walks what `root`, a slice of `file`, loads, as dyld does: JustInTimeLoader::loadDependents maps
 * all that an image names, in order, and then goes down into each in the same order. Malformed
 * images on the way go to image_cache_errors and are not part of the program. Everything lives in
 * the library's arena. All searches given to one walker have the same sysroot and folders. */
void program_walk(struct walker *walker, const struct search *search, const char *path,
                  struct image_file *file, struct image_slice *root, struct program *program);

#endif
