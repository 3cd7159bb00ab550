/* Growth: what changed from one report of check to a later one. */
#ifndef VAFIT_REPORT_GROWTH_H
#define VAFIT_REPORT_GROWTH_H

#include "report/check_read.h"

/* Which of the two reports has a program or an image. */
enum presence { IN_BOTH, ONLY_IN_HEAD, ONLY_IN_BASE };

/* "both", "new", "gone". */
const char *presence_name(enum presence presence);

struct image_growth {
    const char *path;
    enum presence presence;
    uint64_t before; /* bytes of address space; 0 for a new image */
    uint64_t after;  /* likewise; 0 for one that is gone */
};

/* A program of one report and the other report's of the same name. Nothing here is owned. */
struct program_growth {
    enum presence presence;
    const struct checked_program *base; /* NULL for a new program */
    const struct checked_program *head; /* NULL for one that is gone */
    /* Of a program in both: the images that differ. */
    struct image_growths {
        struct image_growth *items; /* what grew most first, what shrank most last; then by path */
        size_t count;
        size_t capacity;
    } images;
    size_t unchanged; /* images that are as they were */
};

struct growth {
    struct program_growth *items; /* in the order of the later report, then what is gone */
    size_t count;
    size_t capacity;
};

/* Programs are matched by executable, architecture and profile, images by path; of those that come
 * several times the first with the first. Everything lives in the arena. */
void growth_find(struct arena *arena, const struct checked_programs *base,
                 const struct checked_programs *head, struct growth *growth);

/* The report that has the program; the later one when both do. */
const struct checked_program *program_growth_named(const struct program_growth *program);
/* after - before, neither more than INT64_MAX. */
int64_t growth_of(uint64_t before, uint64_t after);
/* Whether the sum of a program in both reports grew by more than so many bytes. */
bool program_growth_exceeds(const struct program_growth *program, uint64_t most);

/* The images that changed most are the first `*first` and the last `*last` of the list, `most`
 * together or all. */
void image_growths_most(const struct image_growths *images, size_t most, size_t *first,
                        size_t *last);

#endif
