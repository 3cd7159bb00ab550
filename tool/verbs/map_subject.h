/* Map subjects: what `vafit map` is asked to draw, read from whatever it is. */
#ifndef VAFIT_VERBS_MAP_SUBJECT_H
#define VAFIT_VERBS_MAP_SUBJECT_H

#include "map/address_map.h"
#include "verbs/common_options.h"
#include "verbs/limit_options.h"

#include <stdbool.h>

/* How subjects are read; nothing in it is owned. */
struct subject_options {
    const struct search_options *search;
    const struct judged_profiles *profiles; /* which a program may be judged for */
    const struct string_list *may_miss;
    bool wants_sizes; /* the parts of every __LINKEDIT */
    unsigned jobs;
};

/* Reads an executable, a bundle, facts or a crash report ("-": on standard input), whichever
 * `path` is, into *map, and adds the files that were read to *inputs; all of it lives in the arena.
 * Of several slices that of arm64 is taken. False when something was added to *errors: ERROR_IO and
 * ERROR_MALFORMED, of each image that has one, and ERROR_USAGE for what names no one program. */
bool map_subject_read(struct arena *arena, const struct subject_options *options, const char *path,
                      struct string_list *inputs, struct address_map *map, struct errors *errors);

#endif
