/* Memory maps: vmmap's, and that of Ruby's own crash log (docs/explain.md). They have images with
 * all their segments, and say nothing of why a process ended. */
#ifndef VAFIT_CRASH_MEMORY_MAP_H
#define VAFIT_CRASH_MEMORY_MAP_H

#include "crash/crash_report.h"

/* As rows of struct crash_format. */
bool vmmap_read(struct arena *arena, const struct pasted *pasted, struct crash_report *report);
bool ruby_map_read(struct arena *arena, const struct pasted *pasted, struct crash_report *report);

#endif
