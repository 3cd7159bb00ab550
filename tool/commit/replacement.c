#include "commit/replacement.h"

#include "base/exchange.h"
#include "base/path.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* Which file `path` itself names; false for none. */
static bool identity_of(const char *path, struct file_identity *identity) {
    struct file_stamp stamp;
    bool is_there = file_own_stamp(path, &stamp);
    if (is_there)
        *identity = stamp.identity;
    return is_there;
}

static bool names(const char *path, const struct file_identity *identity) {
    struct file_identity found;
    return identity_of(path, &found) && file_identity_same(&found, identity);
}

static bool state_holds(const struct file_state *state, const char *path) {
    struct file_stamp now;
    bool is_there = file_own_stamp(path, &now);
    return is_there == state->is_there && (!is_there || file_stamp_same(&now, &state->stamp));
}

void replacement_begin(struct replacement *item, const char *target,
                       const struct atomic_file *file) {
    *item = (struct replacement){.target = target, .file = *file, .is_made = true};
    item->was.is_there = file_own_stamp(target, &item->was.stamp);
    identity_of(file->path, &item->identity);
}

void replacement_begin_of(struct replacement *item, const char *target, const struct file *read,
                          const struct atomic_file *file) {
    replacement_begin(item, target, file);
    item->was = (struct file_state){true, file_stamp_of(read)};
}

bool replacement_is_late(struct error *error, const char *target) {
    return error_io(
        error, target,
        "was linked again meanwhile; it stays as it is now, and everything else is unchanged");
}

/* --- giving back --- */

static bool is_stuck(const struct replacement *item, struct error *error) {
    return error_io(error, item->target, "cannot be put back; it is %s now", item->file.path);
}

/* Step give back: puts what file.path names under the target. What comes out should be the new
 * file; anything else was linked since and is put back in turn, whereupon what was put before
 * should come out. What file.path names in the end is superseded. */
static bool exchange_back(const struct replacement *item, struct error *error) {
    enum { TRIES = 100 };
    struct file_identity expected = item->identity, put, out;
    for (int i = 0; i < TRIES; i++) {
        enum exchanged exchanged = identity_of(item->file.path, &put)
                                       ? file_exchange(item->file.path, item->target)
                                       : EXCHANGE_FAILED;
        if (exchanged == EXCHANGE_UNSUPPORTED && i == 0)
            return rename(item->file.path, item->target) == 0 || is_stuck(item, error);
        if (exchanged != EXCHANGED || !identity_of(item->file.path, &out))
            break;
        if (file_identity_same(&out, &expected))
            return unlink(item->file.path) == 0 || is_stuck(item, error);
        expected = put;
    }
    return is_stuck(item, error);
}

/* Where the name is no more the new file's, somebody has linked it anew. What waits to be given
 * back must be what had the name: nothing else gets it. */
static bool give_back(const struct replacement *item, struct error *error) {
    if (!item->was.is_there)
        return !names(item->target, &item->identity) || unlink(item->target) == 0 ||
               error_errno(error, item->target, "cannot remove");
    if (!names(item->file.path, &item->was.stamp.identity))
        return is_stuck(item, error);
    if (!names(item->target, &item->identity))
        return unlink(item->file.path) == 0 || is_stuck(item, error);
    return exchange_back(item, error);
}

/* --- taking --- */

/* Step take, where there was nothing: nor may there be now. */
static bool take_free_name(struct replacement *item, struct error *error) {
    if (link(item->file.path, item->target) == 0) {
        item->has_taken = true;
        return unlink(item->file.path) == 0 || error_errno(error, item->target, "cannot write");
    }
    if (errno == EEXIST)
        return replacement_is_late(error, item->target);
    /* A file system without hard links. */
    item->has_taken = rename(item->file.path, item->target) == 0;
    return item->has_taken || error_errno(error, item->target, "cannot write");
}

/* Step take on a file system that cannot exchange names: a name for the old file, then a rename.
 * What is linked between the look and the rename is lost there. */
static bool take_by_rename(struct replacement *item, struct error *error) {
    char old[NEW_FILE_KEPT_SIZE];
    atomic_file_kept(&item->file, old);
    unlink(old);
    bool has_old = link(item->target, old) == 0;
    if (!state_holds(&item->was, item->target)) {
        unlink(old);
        return replacement_is_late(error, item->target);
    }
    if (rename(item->file.path, item->target) != 0) {
        error_errno(error, item->target, "cannot write");
        unlink(old);
        return false;
    }
    item->has_taken = true;
    return !has_old || rename(old, item->file.path) == 0 ||
           error_errno(error, item->target, "cannot write");
}

/* Step take: the names are exchanged first and looked at afterwards, so that nothing can come in
 * between: what came out is what had the name in that moment. */
static bool take_name(struct replacement *item, struct error *error) {
    if (!state_holds(&item->was, item->target))
        return replacement_is_late(error, item->target);
    switch (file_exchange(item->file.path, item->target)) {
    case EXCHANGE_UNSUPPORTED:
        return take_by_rename(item, error);
    case EXCHANGE_FAILED:
        return error_errno(error, item->target, "cannot write");
    case EXCHANGED:
        break;
    }
    if (state_holds(&item->was, item->file.path)) {
        item->has_taken = true;
        return true;
    }
    if (exchange_back(item, error))
        replacement_is_late(error, item->target);
    item->is_made = false;
    file_close(&item->file.file);
    return false;
}

static bool take(struct replacement *item, struct error *error) {
    if (!atomic_file_flush(&item->file, item->target, error))
        return false;
    if (!names(item->file.path, &item->identity))
        return error_io(error, item->target, "cannot write: another program took %s away",
                        item->file.path);
    return item->was.is_there ? take_name(item, error) : take_free_name(item, error);
}

bool replacements_take(struct replacement *items, size_t count, struct error *error) {
    for (size_t i = 0; i < count; i++) {
        struct error ignored;
        if (!items[i].is_made || take(&items[i], error))
            continue;
        replacements_give_back(items, count, &ignored);
        return false;
    }
    return true;
}

/* --- the end --- */

/* Step clean: takes away the name TARGET.vafit-new, be it of the new file or of the old one; not of
 * what another run has made since. */
static void end(struct replacement *item) {
    const struct file_identity *left =
        item->has_taken ? &item->was.stamp.identity : &item->identity;
    if (!item->is_made)
        return;
    if (names(item->file.path, left))
        unlink(item->file.path);
    file_close(&item->file.file);
    item->is_made = false;
}

void replacements_keep(struct replacement *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        end(&items[i]);
}

/* Another run may have made a new file of that name, and takes it away when it meets the journal.
 */
static bool becomes_absent(const char *path) {
    for (int i = 0; i < FILE_LOOKS; i++) {
        if (path_look(path) == PATH_ABSENT)
            return true;
        file_wait_for_look();
    }
    return false;
}

bool replacements_are_clean(const struct replacement *items, size_t count) {
    bool clean = true;
    for (size_t i = 0; clean && i < count; i++)
        clean = becomes_absent(items[i].file.path);
    return clean;
}

bool replacements_give_back(struct replacement *items, size_t count, struct error *error) {
    bool all = true;
    for (size_t i = count; i-- > 0;) {
        if (!items[i].has_taken || (items[i].is_original && !all))
            continue;
        struct error one;
        if (!give_back(&items[i], &one)) {
            *error = one;
            all = false;
        }
        /* What could not be given back has no other name than file.path. */
        file_close(&items[i].file.file);
        items[i].is_made = false;
    }
    replacements_discard(items, count);
    return all;
}

void replacements_discard(struct replacement *items, size_t count) {
    replacements_keep(items, count);
}
