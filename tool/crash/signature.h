/* Signatures: the words by which a cause is known. */
#ifndef VAFIT_CRASH_SIGNATURE_H
#define VAFIT_CRASH_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

enum cause {
    CAUSE_MALLOC_WINDOW,
    CAUSE_SHARED_REGION,
    CAUSE_LINKEDIT_ALIGNMENT,
    CAUSE_LIBRARY_MISSING,
    CAUSE_SYMBOL_MISSING,
    CAUSE_CODE_SIGNATURE,
    CAUSE_LAUNCH_CONSTRAINT,
    CAUSE_OTHER, /* known, and not this program's size */
    CAUSE_UNKNOWN,
    CAUSE_COUNT
};

/* "malloc-window" */
const char *cause_name(enum cause cause);

enum { SIGNATURE_MOST_WORDS = 3 };

struct signature {
    enum cause cause;
    const char *words[SIGNATURE_MOST_WORDS]; /* all of them are there; NULL for no more */
    const char *what; /* what happened, as it goes on from the program's name */
    const char *why;  /* one sentence without a full stop */
};

/* The first row whose words stand in the text, in whatever case and with whatever blanks and line
 * ends between their letters; NULL for none. */
const struct signature *signature_find(const char *text);
/* Whether the words stand in the text, in that way; a number in the end is the whole number. */
bool words_stand_in(const char *text, const char *words);

#endif
