/* Replacements: new files that take the names of the files they were made from, all of them or
 * none.
 *
 * Nothing that somebody else wrote is lost: a name is only taken from the very file that was read,
 * and what had it stays until all is done. docs/replacing.md has the protocol; the steps are named
 * here as they are there and in tests/model. */
#ifndef VAFIT_COMMIT_REPLACEMENT_H
#define VAFIT_COMMIT_REPLACEMENT_H

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stddef.h>

/* What had a name when its new file was begun. */
struct file_state {
    bool is_there;
    struct file_stamp stamp;
};

struct replacement {
    const char *target;
    struct atomic_file file; /* the new file, whole; closed for one that is a hard link */
    bool is_made;            /* `file` is one; false for a target that stays as it is */
    struct file_state was;
    struct file_identity identity; /* of the new file */
    bool has_taken;                /* the target's name; file.path then names what had it */
    bool is_original;              /* put aside for a later item, which must not be without it */
};

/* Fills in a replacement by `file` of what `target` names now. */
void replacement_begin(struct replacement *item, const char *target,
                       const struct atomic_file *file);
/* Likewise, of the file that was read, as it was when it was opened. */
void replacement_begin_of(struct replacement *item, const char *target, const struct file *read,
                          const struct atomic_file *file);

/* Lets every new file take its name. When one cannot, those that could give theirs back, and all
 * new files are discarded. Errors: ERROR_IO naming the target: one that is no longer what it was
 * "was linked again meanwhile". */
bool replacements_take(struct replacement *items, size_t count, struct error *error);
/* After replacements_take: it stays so. What had the names goes. */
void replacements_keep(struct replacement *items, size_t count);
/* After the end of all, however that went: whether none of the names TARGET.vafit-new is left. */
bool replacements_are_clean(const struct replacement *items, size_t count);
/* In place of that: as before. A target that was linked again since keeps what it has. Errors:
 * ERROR_IO naming the target that could not be given back; the others are, but for originals. */
bool replacements_give_back(struct replacement *items, size_t count, struct error *error);
/* Removes the new files that have taken no name. */
void replacements_discard(struct replacement *items, size_t count);

/* Fills *error with "was linked again meanwhile". Returns false. */
bool replacement_is_late(struct error *error, const char *target);

#endif
