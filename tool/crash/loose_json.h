/* JSON that may be damaged: read from wherever it begins to wherever it was cut, with what can be
 * proven of it. There is no other reader of JSON for reports, so that whole ones and damaged ones
 * mean the same.
 *
 * A string counts when its closing quote is there, a number when what may stand behind a number
 * follows it, a member when its key does. Closing brackets that were never opened mean nothing. */
#ifndef VAFIT_CRASH_LOOSE_JSON_H
#define VAFIT_CRASH_LOOSE_JSON_H

#include "crash/pasted.h"

#include <stdint.h>

enum loose_kind { LOOSE_TEXT, LOOSE_NUMBER, LOOSE_TRUE, LOOSE_BEGIN, LOOSE_END, LOOSE_LIST_END };

/* One thing that was read. */
struct loose_value {
    const char *path; /* the keys that lead to it, "usedImages.base"; a list adds nothing */
    enum loose_kind kind;
    const char *text; /* of LOOSE_TEXT: without escapes, in the reader's memory until the next */
    uint64_t number;  /* of LOOSE_NUMBER: one of 64 bits without a sign; others are not told */
};

typedef void loose_visitor(void *context, const struct loose_value *value);

/* Visits the values of all JSON in the text, in order; LOOSE_BEGIN and LOOSE_END are an object's
 * braces. Reads each byte a bounded number of times, whatever it is. */
void loose_json_visit(const struct pasted *pasted, loose_visitor *visit, void *context);

#endif
