/* Consolidated programs as they will be, before anything is written: a library in which the files
 * of a consolidation stand for those on disk, so that the walk, the placement and the predictions
 * that judge files judge these too. */
#ifndef VAFIT_FIX_MERGE_FORECAST_H
#define VAFIT_FIX_MERGE_FORECAST_H

#include "merge/consolidation.h"
#include "program/image_cache.h"

#include <stdbool.h>

struct merge_forecast {
    struct image_cache *cache; /* of files on disk, but for those of the consolidation */
    struct image_file **items; /* those, in the arena of the consolidation */
    size_t count;
    size_t capacity;
};

/* Lays out every merged image, with all its tables, in a file without a name; clients have their
 * new load commands, and stubs the old names. All sizes are those of the files that will be
 * written. In memory and on disk are the tables of __LINKEDIT only. The consolidation is then only
 * good for consolidation_free, and outlives the forecast. Zero-initialise it; release with
 * merge_forecast_free, also after an error. Errors: those of merged_image_write. */
bool merge_forecast_make(struct consolidation *all, bool no_stubs, struct merge_forecast *forecast,
                         struct error *error);
/* Whether a file of the library is a stub: nobody gains from a rewriting of it. */
bool merge_forecast_is_stub(const struct consolidation *all, const char *path);
void merge_forecast_free(struct merge_forecast *forecast);

#endif
