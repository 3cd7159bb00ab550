/* Reports in JSON (.ips): a header on one line, and the body (docs/explain.md). */
#ifndef VAFIT_CRASH_IPS_H
#define VAFIT_CRASH_IPS_H

#include "crash/crash_report.h"

/* As a row of struct crash_format. */
bool ips_read(struct arena *arena, const struct pasted *pasted, struct crash_report *report);

#endif
