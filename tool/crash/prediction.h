/* Prediction: a build beside a report of it: where its images were to lie, and whether it is the
 * same build at all. */
#ifndef VAFIT_CRASH_PREDICTION_H
#define VAFIT_CRASH_PREDICTION_H

#include "crash/observed_layout.h"
#include "program/load_order.h"

/* How the UUIDs of a build and of a report go together. */
enum same_build { BUILD_UNKNOWN, BUILD_SAME, BUILD_OTHER };

/* An image of the program, in loading order. */
struct predicted_image {
    const char *name; /* without its folder */
    size_t observed;  /* which image of the report it is; NO_CRASH_IMAGE */
    bool has_address;
    uint64_t address; /* where the model puts it, at the report's slide */
    enum same_build build;
};

/* Lives in the arena. */
struct prediction {
    const struct program *program;
    enum same_build build; /* of the executable */
    bool has_slide;
    uint64_t slide; /* of the executable, as the report has it */
    struct predicted_image *items;
    size_t count;
    size_t compared;        /* images that have both places */
    size_t exact;           /* of these, whose places are the same */
    size_t first_different; /* index in `items`; `count` for none */
    size_t others;          /* images whose UUIDs differ, the executable apart */
};

/* Whether the program is of the architecture that the report's process ran. */
bool prediction_is_of(const struct crash_report *report, const struct program *program);
/* Compares them. Images of the report that are the program's get the address space that it says
 * (vm_size), before the report's layout is made. */
void prediction_make(struct arena *arena, const struct program *program,
                     struct crash_report *report, struct prediction *prediction);

#endif
