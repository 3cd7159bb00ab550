/* Reports as text: what Console shows, and what macOS 11, iOS and those before them wrote
 * (docs/explain.md). */
#ifndef VAFIT_CRASH_TEXT_REPORT_H
#define VAFIT_CRASH_TEXT_REPORT_H

#include "crash/crash_report.h"

/* As a row of struct crash_format. The lines at the beginning that say which program it was, on
 * which system, are taken also where the rest is none of a report: vmmap has them too. */
bool text_report_read(struct arena *arena, const struct pasted *pasted,
                      struct crash_report *report);

#endif
