/* Programs: what the operands of a verb name, walked. */
#ifndef VAFIT_VERBS_PROGRAMS_H
#define VAFIT_VERBS_PROGRAMS_H

#include "base/arena.h"
#include "program/load_order.h"
#include "verbs/common_options.h"

#include <stddef.h>

struct programs {
    struct program **items; /* in the arena: a slice each, in the order of operands and slices */
    size_t count;
    size_t capacity;
};

/* Walks every slice that --arch leaves of every operand. All errors go to image_cache_errors, and
 * what has one is not among the programs. */
void programs_walk(struct arena *arena, const struct search_options *options,
                   const struct search *search, struct image_cache *cache,
                   const struct string_list *operands, struct programs *programs);
void programs_free(struct programs *programs);

#endif
