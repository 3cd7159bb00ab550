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
enum fit { CANNOT_BE_JUDGED, DOES_NOT_FIT, HAS_GROWN, FITS_WITH_WARNINGS, FITS };

enum fit fit_of(const struct judgement *judgement);
/* Whether the program fits under all, and nothing warns. */
bool systems_all_fit(const struct systems *systems);

/* Adds "does not fit under macos-26; fits under macos-27". */
void systems_add_verdict(const struct systems *systems, bool color, struct text *text);
/* Adds the names of those where something is at fault, "macos-26 and macos-27". */
void systems_add_names(const struct systems *systems, struct text *text);

/* A walk over the findings of all systems that are of a severity from `least` to `most`, those of
 * the oldest system first; what an earlier system has found in the same words is not told again.
 * Zero-initialise it but for the first three. */
struct finding_walk {
    const struct systems *systems;
    enum severity least, most;
    const struct finding *finding; /* the one at hand */
    size_t system;                 /* whose it is, and which of its findings */
    size_t number;
    const char
        *label; /* that system's name, where others that find fault do not find it; or NULL */
    size_t next;
};
bool finding_walk_next(struct finding_walk *walk);
/* Adds "image-sum (macos-26): MESSAGE" of the one at hand. */
void finding_walk_add(const struct finding_walk *walk, struct text *text);
/* The escape sequence of a severity's colour, and the one that ends it. */
const char *severity_color(enum severity severity);
#define COLOR_END "\033[0m"
/* Adds a severity's name, coloured or not. */
void severity_add(enum severity severity, bool color, struct text *text);
/* The first error of the rule; NULL for none. */
const struct finding *systems_error(const struct systems *systems, enum rule_id rule);

#endif
