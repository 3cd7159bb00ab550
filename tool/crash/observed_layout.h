/* Observed layout: where the images of a crashed process lay, and what they were in the way of. */
#ifndef VAFIT_CRASH_OBSERVED_LAYOUT_H
#define VAFIT_CRASH_OBSERVED_LAYOUT_H

#include "crash/crash_report.h"
#include "space/place_runs.h"
#include "space/profile.h"

/* No image of the report. */
#define NO_CRASH_IMAGE SIZE_MAX

struct image_indexes {
    size_t *items;
    size_t count;
    size_t capacity;
};

/* Places of the malloc window that images block. */
struct blocked_places {
    uint64_t count;
    uint64_t first; /* of the window's places, when there are any */
    uint64_t last;
};

/* Lives in the arena. Of an image of which the report has no more, its __TEXT counts alone: then
 * all that is said here is "at least". */
struct observed_layout {
    const struct profile *profile; /* by whose numbers it is judged */
    bool is_assumed;               /* the report does not say which system it was */
    const struct layout *layout;   /* of the profile; NULL where rules of arm64 do not apply */
    struct image_indexes own;      /* images that are not in the shared cache */
    struct image_indexes heaviest; /* the same, the largest first */
    bool has_all;                  /* there is none that the report does not tell */
    size_t executable;             /* which image is; or NO_CRASH_IMAGE */
    size_t highest;                /* image that ends highest; or NO_CRASH_IMAGE */
    uint64_t top;                  /* its end; 0 without images */
    bool has_limit;                /* the system has a malloc window */
    uint64_t limit;                /* where it begins */
    size_t beyond;                 /* images that end past the limit */
    struct blocked_places blocked;
    struct place_runs blocked_runs; /* the same, one by one */
};

/* Bytes that an image is known to take, and where they end. */
uint64_t crash_image_size(const struct crash_image *image);
uint64_t crash_image_end(const struct crash_image *image);

/* The profile for a system ("macOS 26.3 (25D125)"): of those that are not newer, the newest, or the
 * oldest of all; *is_assumed: it does not say which it is, and the profile is macos-26. */
const struct profile *profile_of_system(const char *os, bool *is_assumed);

void observed_layout_make(struct arena *arena, const struct crash_report *report,
                          struct observed_layout *layout);

#endif
