/* Walk memory: what names led to in the programs walked before, for the next one. Most programs of
 * a build ask for the same names in the same way, and a search then needs no paths built, hashed
 * and tried. What depends on the program (what it has loaded, its architecture and platform) is not
 * remembered: whoever recalls a search asks for it. */
#ifndef VAFIT_PROGRAM_WALK_MEMORY_H
#define VAFIT_PROGRAM_WALK_MEMORY_H

#include "base/name_ids.h"
#include "program/image_file.h"
#include "program/load_order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RECENT_MOST = 4,
    TRAIL_MOST = 8,   /* paths that one search may try to be remembered */
    CONTEXT_MOST = 16 /* LC_RPATHs that tell one context from another */
};

/* What a search came by, and what it cost. */
struct search_trail {
    uint32_t paths[TRAIL_MOST]; /* ids of those it looked for on disk; none is there but the last
                                   of a search that found a file */
    size_t path_count;
    struct image_file *file; /* what was found on disk; NULL for nothing */
    uint32_t file_path;      /* id of the path it has */
    uint32_t system;         /* id of the name that the shared cache has; 0 for none */
    size_t visits;           /* paths that count for the walk's limits */
    size_t bytes;            /* of them */
    bool is_odd;             /* it cannot be told whether it is the same in another program */
};

/* What is known of a name. `walk` is the number of the walk that wrote what follows it. */
struct known_name {
    uint32_t walk;
    uint32_t image; /* what is loaded under it */
    uint32_t system_walk;
    uint32_t system; /* its index among the system images */
    bool is_whole;   /* an image loaded under it is what it means: "/..." or "@rpath/..." */
    uint8_t place;   /* what its paths depend on */
    struct known_search *searches; /* in the arena, newest first */
};

/* What is known of a slice that was loaded. */
struct known_slice {
    uint32_t path; /* ids of its names; 0 before it is known, and for no install name */
    uint32_t install_name;
    uint32_t folder;
    uint32_t *uses; /* of the dylibs that it names, in their order; in the arena */
    /* The last contexts that it was loaded in, and its own there. */
    struct known_context {
        uint32_t parent;
        uint32_t executable_folder;
        uint32_t context;
    } recent[RECENT_MOST];
    uint32_t next; /* of these to be replaced */
};

struct rpath_contexts {
    struct rpath_context *items; /* in the arena; by number */
    size_t count;
    size_t capacity;
};

/* Zero-initialise it; release with walk_memory_free. */
struct walk_memory {
    struct arena arena;
    struct name_ids ids;
    struct known_name *names; /* by id; owned */
    size_t name_count;
    size_t name_capacity;
    struct known_slice *slices; /* by number; owned */
    size_t slice_count;
    size_t slice_capacity;
    struct name_ids rpath_texts;
    struct name_ids context_texts; /* one id for equal contexts, which is their number */
    struct rpath_contexts contexts;
    size_t taken;  /* bytes, of what only saves searching */
    uint32_t walk; /* the number of this walk, from 1 on */
};

/* Begins the walk of another program: nothing is loaded. */
void walk_memory_begin(struct walk_memory *memory);

/* The id of a name, known from now on. */
uint32_t walk_memory_name(struct walk_memory *memory, const char *name);
/* What is known of a slice of the cache and of its names; the image was read. Moves with the next
 * call for another. */
struct known_slice *walk_memory_slice(struct walk_memory *memory, const struct image_file *file,
                                      const struct image_slice *slice);

/* A context: what @rpath means for the images that a chain of loaders leads to. That of the empty
 * chain, and of a chain with image `index` of the program after what `parent` stands for. 0 where
 * nothing is to be remembered. */
enum { CONTEXT_NONE = 0, CONTEXT_OF_NOBODY = 1 };
uint32_t walk_memory_context(struct walk_memory *memory, const struct program *program,
                             size_t index, uint32_t parent);

/* Who searches. */
struct search_place {
    uint32_t name;
    uint32_t loader_folder;
    uint32_t executable_folder;
    uint32_t context;
};

/* What the same search came by before; NULL where that is not known. */
const struct search_trail *walk_memory_recall(const struct walk_memory *memory,
                                              const struct search_place *place);
/* Keeps what a search came by, where it ended with a file or a system image and will again. */
void walk_memory_keep(struct walk_memory *memory, const struct search_place *place,
                      const struct search_trail *trail);
/* Adds a path at which a search found nothing on disk, or `file`. */
void search_trail_add(struct walk_memory *memory, struct search_trail *trail, const char *path,
                      struct image_file *file);

void walk_memory_free(struct walk_memory *memory);

#endif
