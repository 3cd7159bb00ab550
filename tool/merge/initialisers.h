/* Initialisers of parts: listed in the order in which dyld would have run them, as one
 * S_INIT_FUNC_OFFSETS section. dyld goes by the types of sections, pointers of all parts before
 * offsets of any (dyld: MachOAnalyzer.cpp, forEachInitializer), so that the old sections lose
 * theirs. Where opcodes stay, so do the sections: all are pointers then, in the order of parts, and
 * dyld knows lists of offsets only from macOS 10.15 on (dyld-732.8: ImageLoaderMachO.cpp,
 * doModInitFunctions). */
#ifndef VAFIT_MERGE_INITIALISERS_H
#define VAFIT_MERGE_INITIALISERS_H

#include "merge/merge.h"

enum { INITIALISER_SIZE = 4 };

/* Makes room for all of them. Errors: ERROR_MALFORMED naming the part. */
bool initialisers_count(struct merge *merge, struct error *error);
/* Fills in those that parts have as offsets; the places of parts are known. */
void initialisers_move(struct merge *merge);
/* Fills in the one whose pointer is at `address` of a part, if that is one; `target` is unslid, in
 * the merged image. */
void initialisers_note(struct merge *merge, size_t part, uint64_t address, uint64_t target);
/* Whether each has been filled in. Errors: ERROR_MALFORMED naming the part of one that has not. */
bool initialisers_complete(const struct merge *merge, struct error *error);

#endif
