/* The journal: what a run is about to replace, so that the next can end it when the run is killed.
 *
 * It stands beside every file that it is about, as TARGET.vafit-journal, under as many names of one
 * file as there are targets, and is locked while its run lives. It names each target by the file
 * that is to go, and each new file by its size and digest, so that nothing else is taken for one.
 */
#ifndef VAFIT_COMMIT_JOURNAL_H
#define VAFIT_COMMIT_JOURNAL_H

#include "base/arena.h"
#include "base/error.h"
#include "commit/replacement.h"

#include <stdbool.h>
#include <stddef.h>

struct journal_name {
    const char *path;
    int descriptor; /* open and locked; -1 where another name of the same file is */
};

/* Zero-initialise it. */
struct journal {
    struct arena arena;
    struct journal_name *items;
    size_t count;
    size_t capacity;
};

/* Writes the journal of the items that are made and had a file. Errors: ERROR_IO, naming the new
 * file or the journal; no journal is left then. */
bool journal_write(struct journal *journal, const struct replacement *items, size_t count,
                   struct error *error);
/* After the end of all the items: removes it under all its names; leaves it to the next run while
 * an item could not be put back. */
void journal_end(struct journal *journal, const struct replacement *items, size_t count);

/* What became of the journals that ended runs left. */
struct resumed {
    size_t finished;  /* new files that have their names now, or had them already */
    size_t discarded; /* new files that went: taken back, or their targets are no longer what they
                         were made from */
};

/* Looks whether an ended run left a journal beside `target`. If so, lets the new files that it
 * names take their names, or with `take_back` gives the names back; a file that was linked since
 * keeps its name. Adds to *resumed. Another run that is at it is an error. Errors: ERROR_IO;
 * ERROR_MALFORMED naming the journal. */
bool journal_resume(const char *target, bool take_back, struct resumed *resumed,
                    struct error *error);

#endif
