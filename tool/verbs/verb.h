/* Verbs: what a user can ask vafit to do. One file a verb, one row each in verb.c. */
#ifndef VAFIT_VERBS_VERB_H
#define VAFIT_VERBS_VERB_H

#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses; those of an error are its kind, ERROR_USAGE to ERROR_IO. */
enum exit_status { EXIT_FITS = 0, EXIT_EXCEEDS = 1, EXIT_UNRESOLVED = 3 };

/* One call of a verb. */
struct call {
    struct arena *arena; /* lives as long as the program */
    int argc;            /* without the program's name; argv[0] is the verb's */
    char **argv;         /* response files replaced by what they hold, up to "--" */
};

struct verb {
    const char *name;
    const char *arguments;         /* "EXECUTABLE... [OPTIONS]" */
    const char *about;             /* one line */
    const struct option_row *rows; /* of its options */
    size_t row_count;
    int (*run)(const struct call *call); /* returns the exit status */
};

extern const struct verb verb_check;
extern const struct verb verb_why;
extern const struct verb verb_diff;
extern const struct verb verb_explain;
extern const struct verb verb_sample;
extern const struct verb verb_map;
extern const struct verb verb_scan;
extern const struct verb verb_align;
extern const struct verb verb_shrink;
extern const struct verb verb_fix;
extern const struct verb verb_consolidate;
extern const struct verb verb_verify;
extern const struct verb verb_link;
extern const struct verb verb_completion;

/* The verbs, in the order in which help lists them; NULL after the last. */
const struct verb *verb_row(size_t i);
/* The verb of that name, or NULL. */
const struct verb *verb_named(const char *name);

/* Reads the options of a verb's call into *target. Errors: as options_parse. */
bool call_parse(const struct call *call, const struct verb *verb, void *target,
                struct string_list *operands, struct error *error);
/* The part of a call before "--"; what stands after it goes to *after. */
struct call call_split(const struct call *call, struct string_list *after);
/* Prints the error, for a wrong command line with a word on where to read more; returns the exit
 * status. */
int call_fail(const struct verb *verb, const struct error *error);

#endif
