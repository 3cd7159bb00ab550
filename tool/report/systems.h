/* Systems: how one program stands under each system that it is judged for. */
#ifndef VAFIT_REPORT_SYSTEMS_H
#define VAFIT_REPORT_SYSTEMS_H

#include "base/text.h"
#include "space/rules.h"

#include <stdbool.h>
#include <stddef.h>

/* Nothing here is owned. */
struct system_view {
    const char *name; /* of the profile */
    const struct judgement *judgement;
};

struct systems {
    struct system_view *items; /* the oldest first */
    size_t count;
};

/* From the worst on. */
enum fit { CANNOT_BE_JUDGED, DOES_NOT_FIT, FITS_WITH_WARNINGS, FITS };

enum fit fit_of(const struct judgement *judgement);
/* Whether the program fits under all, and nothing warns. */
bool systems_all_fit(const struct systems *systems);

/* Adds "does not fit under macos-26; fits under macos-27". */
void systems_add_verdict(const struct systems *systems, bool color, struct text *text);
/* Adds the names of those where something is at fault, "macos-26 and macos-27". */
void systems_add_names(const struct systems *systems, struct text *text);

/* The finding of that number of the i-th system, as a line has it: whether an earlier system tells
 * just that (*is_told), and the system's name where others that find fault do not, else NULL. */
const char *systems_label(const struct systems *systems, size_t i, size_t finding, bool *is_told);
/* The first error of the rule; NULL for none. */
const struct finding *systems_error(const struct systems *systems, enum rule_id rule);

/* The escape sequence of a severity's colour, and the one that ends it. */
const char *severity_color(enum severity severity);
#define COLOR_END "\033[0m"

#endif
