/* Switches of compilers and linkers with which a new link would have less in __LINKEDIT. */
#ifndef VAFIT_REPORT_LINK_SWITCHES_H
#define VAFIT_REPORT_LINK_SWITCHES_H

#include "report/check_report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link_switch {
    const char *name;   /* "-Wl,-S" */
    const char *avoids; /* "the debug map" */
    const char *price;  /* what is lost by it; NULL for nothing */
    /* The bytes that it avoids in the images it is about; false where they are not known. */
    bool (*bytes)(const struct program_report *report, uint64_t *bytes);
};

/* Row i; NULL after the last. They are no sum: most names that are written twice are those of the
 * debug map. But for exports they are about the heaviest images, as freed_by_heaviest. */
const struct link_switch *link_switch_row(size_t i);

#endif
