/* The report of `explain`: what a crash report means. */
#ifndef VAFIT_REPORT_EXPLAIN_REPORT_H
#define VAFIT_REPORT_EXPLAIN_REPORT_H

#include "base/text.h"
#include "crash/diagnosis.h"

#include <stdbool.h>
#include <stddef.h>

/* Nothing here is owned. */
struct explain_report {
    const struct circumstances *circumstances;
    const struct diagnosis *diagnosis;
};

/* `width`: of the terminal, as text_add_wrapped has it; `verbose`: every image, not only the
 * heaviest, and those that lie elsewhere than predicted. */
void explain_write_text(const struct explain_report *report, size_t width, bool verbose,
                        struct text *out);
/* Schema "vafit.explain/1": docs/explain.md describes it. */
void explain_write_json(const struct explain_report *report, struct text *out);

#endif
