/* Replacements: new files that take their names together, or not at all.
 *
 * A journal is written when all of them are whole, and goes when all have their names, so that what
 * a killed run left is finished or taken back by the next. */
#ifndef VAFIT_REWRITE_REPLACEMENTS_H
#define VAFIT_REWRITE_REPLACEMENTS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/new_file.h"

#include <stdbool.h>
#include <stddef.h>

struct replacement {
    const char *target;
    struct new_file file; /* made for it, whole and on disk */
    bool is_made;         /* `file` is one; false for a target that stays as it is */
};

/* Lets every new file take its name, with the journal at `journal` meanwhile. When one cannot,
 * those that could have their names and the rest are discarded. Errors: ERROR_IO naming the file.
 */
bool replacements_take_place(struct replacement *items, size_t count, const char *journal,
                             struct error *error);
/* Removes the new files. */
void replacements_discard(struct replacement *items, size_t count);

/* What became of a journal of an earlier run. */
struct resumed {
    size_t finished;  /* new files that took their names now */
    size_t discarded; /* new files that went: taken back, or their targets are no longer what they
                         were made from */
};

/* Looks whether there is a journal of an ended run at `journal`, and lets the new files it names
 * take their names, or with `take_back` removes them. Another run that is at it is an error.
 * Errors: ERROR_IO; ERROR_MALFORMED naming the journal. */
bool replacements_resume(const char *journal, bool take_back, struct resumed *resumed,
                         struct error *error);

#endif
