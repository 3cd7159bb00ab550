/* Programs: what the operands of a verb name, walked. */
#ifndef VAFIT_VERBS_PROGRAMS_H
#define VAFIT_VERBS_PROGRAMS_H

#include "base/arena.h"
#include "program/load_order.h"
#include "verbs/common_options.h"

#include <stdbool.h>
#include <stddef.h>

struct programs {
    struct program **items; /* in the arena: a slice each, in the order of operands and slices */
    size_t count;
    size_t capacity;
};

/* Puts in place of each operand that is a folder, or a link to one, the executable of the bundle
 * that it is, whatever its type, and all programs below it, in the order of their paths, each once.
 * Links below it are not followed. With --facts operands are names and stay. Errors:
 * ERROR_MALFORMED for a folder without any, naming it, and those of bundle_read; ERROR_IO. */
bool programs_expand(struct arena *arena, const struct search_options *options,
                     struct string_list *operands, struct error *error);
/* Walks every slice that --arch leaves of every operand; what is no executable with the program of
 * --program, if there is one. All errors go to image_cache_errors, and what has one is not among
 * the programs. */
void programs_walk(struct arena *arena, const struct search_options *options,
                   const struct search *search, struct image_cache *cache,
                   const struct string_list *operands, struct programs *programs);

#endif
