/* One replacement as the journal has it, and its end. */
#ifndef VAFIT_COMMIT_JOURNAL_ENTRY_H
#define VAFIT_COMMIT_JOURNAL_ENTRY_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct resumed;

struct journal_entry {
    const char *target;
    struct file_stamp was;       /* the file that is to go */
    uint64_t size;               /* of the new file, bytes */
    uint8_t digest[SHA256_SIZE]; /* of the new file, as of file_digest */
};

/* New: the caller releases it. A path need not be UTF-8: what JSON cannot have is written as %XX.
 */
json_t *journal_entry_write(const struct journal_entry *entry);
/* False for what is none. The target is in the arena. */
bool journal_entry_read(struct arena *arena, const json_t *value, struct journal_entry *entry);

/* Ends the replacement, by what has the names TARGET and TARGET.vafit-new:
 *
 *   TARGET    TARGET.vafit-new
 *   old       new     not taken yet: taken now, or with `take_back` the new file goes
 *   new       old     taken: the old file goes, or with `take_back` gets its name back
 *   new       other   taken from a file that was linked in that moment: that gets its name back
 *   new       empty   another run was ended just when it had made that: it goes
 *   other     any     linked again since: what has the other name is superseded and goes
 *   any       none    nothing is left to do
 *
 * Errors: ERROR_IO; ERROR_IO when another run is at it. */
bool journal_entry_resume(const struct journal_entry *entry, bool take_back,
                          struct resumed *resumed, struct error *error);

/* How far its run was: one file is all that is left of a replacement that has ended. */
enum entry_end {
    ENTRY_UNDECIDED,
    ENTRY_TAKEN,     /* TARGET is the new file, and the old one is gone */
    ENTRY_GIVEN_BACK /* TARGET is the old file, and the new one is gone */
};
enum entry_end journal_entry_end(const struct journal_entry *entry);

/* Whether `path` is a name of the open file. */
bool journal_entry_is_at(const char *path, int descriptor);
/* Takes away a name of the open file; leaves another file's. */
void journal_entry_unlink(const char *path, int descriptor);

#endif
