/* The name that was meant: the one of several that a misspelt word is nearest to. */
#ifndef VAFIT_BASE_NEAR_NAME_H
#define VAFIT_BASE_NEAR_NAME_H

#include <stddef.h>

/* Zero-initialise all but `word`; offer it the names there are; then `name` is the nearest. */
struct near_name {
    const char *word; /* what was written */
    const char *name; /* NULL when none is near; of equally near ones the first */
    size_t distance;  /* of `name` */
};

/* The distance is that of Damerau and Levenshtein, in which two letters side by side that changed
 * places count as one change (optimal string alignment). Near is what is at most two changes away,
 * and fewer than half of the longer word's letters: "on" is not near "off". Names of 64 letters and
 * more are near nothing. */
void near_name_offer(struct near_name *near, const char *name);

/* Enough for near_name_question's text. */
enum { NEAR_NAME_QUESTION = 96 };
/* Writes "; did you mean --format?" into `question`, with `dashes` ("--" or "") before the name; ""
 * when no name is near. Returns `question`. */
const char *near_name_question(const struct near_name *near, const char *dashes,
                               char question[NEAR_NAME_QUESTION]);

#endif
