/* Metrics: the few numbers of each program that a dashboard follows over time, vafit.metrics/1. */
#ifndef VAFIT_REPORT_METRICS_H
#define VAFIT_REPORT_METRICS_H

#include "report/check_report.h"

/* Writes them as JSON: for each program and profile an object without others inside it, and under
 * "histograms" the same numbers as pairs of a name ("vafit.sum.out/main.arm64.macos-26") and a
 * value. A number that is not known is null, and no pair. */
void metrics_write(const struct check_report *report, struct text *out);

#endif
