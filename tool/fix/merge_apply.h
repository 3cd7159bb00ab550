/* Consolidated programs brought to disk: merged images, the stubs under the old names, and the
 * images that load them, all of them or none. */
#ifndef VAFIT_FIX_MERGE_APPLY_H
#define VAFIT_FIX_MERGE_APPLY_H

#include "fix/apply.h"
#include "fix/output_paths.h"
#include "fix/predict.h"
#include "merge/consolidation.h"

#include <stdbool.h>
#include <stdint.h>

/* Images that are shrunk as well. */
struct merge_rewrite {
    const struct predictions
        *predictions;               /* of the programs as they will be (fix/merge_forecast.h):
                                       they are known by their paths */
    const struct plan *plan;        /* of those */
    struct rewrite_options options; /* but for its level and world */
};

struct merge_job {
    struct consolidation *all;
    const struct predictions *predictions; /* the files of the programs */
    const struct output_paths *placed;
    bool copies;            /* files that stay as they are go to their targets too, as copies */
    const char *unstripped; /* where originals stay, as of struct rewrite_options */
    const char *identity;   /* the command that signs what an identity signed; NULL for none */
    bool no_stubs;          /* old names lead nowhere then */
    const struct merge_rewrite *rewrite; /* NULL: nothing is shrunk */
    bool quiet;                          /* show no progress */
    uint64_t memory; /* bytes that images which are made at a time may take; what takes more
                        is made alone. 0: a quarter of the machine's */
};

/* Makes all new files, compares each with what it was made from, shrinks those that are to be and
 * compares these again, puts the originals of those that
 * are replaced aside, and lets all take their names; beside each merged image PATH.parts.json says
 * what is in it. End it with applied_fix_keep or applied_fix_take_back. Errors: ERROR_USAGE for a
 * copy onto what was read, and two originals of one name in the folder of --unstripped. When
 * anything fails all is as before: the errors are added to *errors, and false is returned. */
bool merge_apply(const struct merge_job *job, struct applied_fix *applied, struct errors *errors);

/* What the programs then load in place of a node of the graph: the file itself, where it goes, or
 * the merged image that it is part of. In the arena. */
const char *merge_loaded_path(struct arena *arena, const struct merge_job *job, size_t node);
/* Where the image of a merge goes. In the arena. */
const char *merge_target(struct arena *arena, const struct merge_job *job,
                         const struct merge *merge);

#endif
