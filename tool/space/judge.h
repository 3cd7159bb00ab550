/* The judges of the rules, one a row of the table in rules.c. */
#ifndef VAFIT_SPACE_JUDGE_H
#define VAFIT_SPACE_JUDGE_H

#include "base/arena.h"
#include "space/rules.h"

/* One program before the rules. */
struct judge {
    struct arena *arena;
    const struct measure *measure;
    const struct limits *limits;
    struct judgement *judgement; /* findings are added to it; its numbers are there already */
};

/* Each adds what its rule finds. */
void judge_image_sum(struct judge *judge);
void judge_malloc_window(struct judge *judge);
void judge_shared_region(struct judge *judge);
void judge_image_size(struct judge *judge);
void judge_linkedit_alignment(struct judge *judge);
void judge_unresolved(struct judge *judge);
void judge_growth(struct judge *judge);

#endif
