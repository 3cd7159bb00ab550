/* Address map: what lies where in one process, predicted for a program or observed in a crash
 * report, as it is drawn. */
#ifndef VAFIT_MAP_ADDRESS_MAP_H
#define VAFIT_MAP_ADDRESS_MAP_H

#include "base/arena.h"
#include "crash/diagnosis.h"
#include "program/judged_program.h"
#include "space/place_runs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the system takes; images are struct map_image. */
enum map_kind {
    MAP_PAGE_ZERO,     /* below the lowest address that can be mapped */
    MAP_SLIDE,         /* what the kernel's slide adds to that */
    MAP_LOADER,        /* what is kept for dyld's copy from disk */
    MAP_STACK,         /* the main stack */
    MAP_SHARED_REGION, /* the system's dylibs */
    MAP_RESERVED,      /* closed for other reasons */
    MAP_KIND_COUNT
};

struct map_range {
    enum map_kind kind;
    struct span span;
};

struct map_ranges {
    struct map_range *items; /* by rising address */
    size_t count;
    size_t capacity;
};

struct map_image {
    const char *name;     /* as map_name makes it */
    struct span span;     /* all of it that is known */
    struct span linkedit; /* its __LINKEDIT; empty where that is not known */
    bool is_executable;
    bool is_beyond;                     /* it ends past the limit */
    bool is_cut;                        /* a crash report told only its __TEXT: it may be larger */
    const struct linkedit_sizes *sizes; /* of __LINKEDIT's parts; NULL where they are not known */
};

struct map_images {
    struct map_image *items; /* by rising address */
    size_t count;
    size_t capacity;
};

/* What is to be said beside the picture. */
struct map_note {
    enum severity severity;
    const char *text; /* a sentence without a full stop */
};

struct map_notes {
    struct map_note *items;
    size_t count;
    size_t capacity;
};

/* Lives in the arena. */
struct address_map {
    const char *name;  /* of the program, without its folder, so that no user's name is in it */
    const char *about; /* architecture, system, where the addresses come from */
    bool is_observed;
    bool is_cut;            /* of some images only __TEXT is known */
    struct map_notes notes; /* what is said first, first */
    const char *missing;    /* which dylibs were not found, as a note says it; NULL for none */
    struct map_ranges ranges;
    struct map_images images;
    const size_t *heaviest; /* all images, the one of the most address space first */
    size_t beyond;          /* images that end past the limit */
    uint64_t image_bytes;   /* of all images */
    uint64_t top;           /* where the highest image ends */
    bool has_limit;
    uint64_t limit;
    uint64_t headroom;           /* bytes below the limit that are to stay free */
    struct malloc_window window; /* slots 0: there is none */
    struct place_runs blocked;
};

/* A text as a picture can show it: printable, UTF-8, and of bounded length, what is between being
 * left out. In the arena. */
const char *map_printable(struct arena *arena, const char *text);
/* Likewise a file's name, without its folder. */
const char *map_name(struct arena *arena, const char *path);
/* A printable text, at most `most` characters of it. */
const char *map_shortened(struct arena *arena, const char *text, size_t most);

/* The model's addresses, at the slide at which images end highest. */
void address_map_of_program(struct arena *arena, const struct judged_program *judged,
                            struct address_map *map);
/* The addresses of a report. */
void address_map_of_report(struct arena *arena, const struct circumstances *circumstances,
                           struct address_map *map);

/* "__PAGEZERO", "shared region" */
const char *map_kind_name(enum map_kind kind);

/* --- for those two --- */

/* Adds a range of the system's, unless it is empty. */
void address_map_add_range(struct arena *arena, struct address_map *map, enum map_kind kind,
                           struct span span);
/* What the layout closes, and its window. */
void address_map_add_layout(struct arena *arena, struct address_map *map,
                            const struct layout *layout);
/* Adds a note, of at most 300 characters. */
void address_map_add_note(struct arena *arena, struct address_map *map, enum severity severity,
                          const char *text);
/* Sorts what was added, and fills in what follows from it. */
void address_map_finish(struct arena *arena, struct address_map *map);

#endif
