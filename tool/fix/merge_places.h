/* What the places of files mean for a consolidation. */
#ifndef VAFIT_FIX_MERGE_PLACES_H
#define VAFIT_FIX_MERGE_PLACES_H

#include "fix/predict.h"
#include "merge/consolidation.h"

/* The paths of files that programs find by an absolute path, for merge_rules: known once the files
 * have places in a folder (fix/output_paths.h). In the arena. */
struct string_list merge_bound_files(struct arena *arena, const struct predictions *predictions);
/* Lets clients stay as they are that are such files, and those of several hard links, which would
 * have to change under all of them: they find the merged images by way of the stubs. */
void merge_keep_clients(struct consolidation *all, const struct predictions *predictions);

#endif
