/* Whether what opcodes bind of a dylib can be bound as in a merged image. */
#ifndef VAFIT_MERGE_BIND_JUDGE_H
#define VAFIT_MERGE_BIND_JUDGE_H

#include "merge/export_judge.h"

#include <stddef.h>

/* Why not, of the part that is node `node`, in the arena; NULL when it can. */
const char *bind_judge_part(const struct export_judge *judge, const struct part *part, size_t node);

#endif
