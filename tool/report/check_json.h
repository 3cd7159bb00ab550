/* What the two forms of check's JSON share: vafit.check/1, and vafit.checks/1, in which each image
 * stands once. */
#ifndef VAFIT_REPORT_CHECK_JSON_H
#define VAFIT_REPORT_CHECK_JSON_H

#include "report/check_report.h"

#include <jansson.h>
#include <stdbool.h>

/* What is the same of an image in every program that loads it, and its `address`, which is taken;
 * NULL for none. New. */
json_t *check_json_image(const struct loaded_image *loaded, json_t *address);
/* One entry of "programs" with these `images`, which it takes; NULL for none. Without `has_help`
 * findings have no help but what is about them alone. New. */
json_t *check_json_program(const struct program_report *report, json_t *images, bool has_help);
/* The help of a rule or a finding. New. */
json_t *check_json_help(const struct help *text);

#endif
