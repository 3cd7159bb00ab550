/* Options of the verbs that shrink, as a group of rows, and what they print of a file. */
#ifndef VAFIT_VERBS_SHRINK_OPTIONS_H
#define VAFIT_VERBS_SHRINK_OPTIONS_H

#include "base/arena.h"
#include "base/options.h"
#include "commit/journal.h"
#include "rewrite/shrink_file.h"

#include <stdbool.h>

struct shrink_options {
    const char *unstripped;
    const char *identity;
    bool drop_unclaimed;
    bool no_verify;
    unsigned jobs;
    bool quiet;
};

#define SHRINK_ROWS(type, group)                                                                   \
    {"unstripped",                                                                                 \
     0,                                                                                            \
     OPTION_TEXT,                                                                                  \
     offsetof(type, group.unstripped),                                                             \
     "DIR|none",                                                                                   \
     "keep the originals in DIR, or nowhere (beside the new files, as NAME.unstripped)",           \
     NULL},                                                                                        \
        {"identity",  0,                                                                           \
         OPTION_TEXT, offsetof(type, group.identity),                                              \
         "CMD",       "sign by `CMD FILE` what was signed by an identity",                         \
         NULL},                                                                                    \
        {"drop-unclaimed",                                                                         \
         0,                                                                                        \
         OPTION_FLAG,                                                                              \
         offsetof(type, group.drop_unclaimed),                                                     \
         NULL,                                                                                     \
         "drop bytes of __LINKEDIT and of the file that no table reaches",                         \
         NULL},                                                                                    \
        {"no-verify", 0,                                                                           \
         OPTION_FLAG, offsetof(type, group.no_verify),                                             \
         NULL,        "do not compare the new files with the originals",                           \
         NULL},                                                                                    \
        {"jobs",       'j',                                                                        \
         OPTION_COUNT, offsetof(type, group.jobs),                                                 \
         "N",          "use at most N threads (one per processor)",                                \
         NULL},                                                                                    \
    {                                                                                              \
        "quiet", 'q', OPTION_FLAG, offsetof(type, group.quiet), NULL, "print nothing but errors",  \
            NULL                                                                                   \
    }

/* Of --level where images are rewritten each for itself. */
extern const struct option_choices level_choices;

/* Whether the options make sense together: what nothing can bring back is not dropped. Errors:
 * ERROR_USAGE. */
bool shrink_options_valid(const struct shrink_options *options, struct error *error);
/* What the options ask for, at the level of that name; NULL for the default. */
struct rewrite_options rewrite_options_of(const struct shrink_options *options, const char *level);
/* Says that the runs before this one had not ended, unless the options say to be quiet. */
void shrink_print_resumed(const struct shrink_options *options, const char *operand,
                          const struct resumed *resumed);
/* In place: ends what an ended run left of the operand, which is not read before that; `take_back`
 * as of journal_resume. Errors: those of journal_resume and atomic_file_sweep. */
bool shrink_resume(struct arena *arena, const struct shrink_options *options, const char *operand,
                   bool take_back, struct error *error);
/* In place: a new file takes one name. That of an original, which an ended run may have made, does
 * not count. Errors: ERROR_IO for a file with more. */
bool shrink_has_one_name(struct arena *arena, const struct shrink_options *options,
                         const struct image_file *file, struct error *error);
/* Prints what became of a file, unless the options say to be quiet. */
void shrink_print_sizes(const struct shrink_options *options, const char *target,
                        const struct shrunk *shrunk);

#endif
