/* What check counts only where it gives advice, or is asked for it. */
#ifndef VAFIT_VERBS_CHECK_ADVICE_H
#define VAFIT_VERBS_CHECK_ADVICE_H

#include "base/arena.h"
#include "program/image_cache.h"
#include "report/check_report.h"

/* Counts for all programs the exports that nobody in them asks for, all programs being a closed
 * world. Where it is none, or an image cannot be read, exports_unknown is why, in the arena. `arch`
 * is that of --arch, or NULL. */
void advice_count_exports(struct arena *arena, struct image_cache *cache, const char *arch,
                          struct check_report *report);

#endif
