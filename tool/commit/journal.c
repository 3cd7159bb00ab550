#include "commit/journal.h"

#include "base/file_digest.h"
#include "base/json.h"
#include "base/path.h"
#include "commit/journal_entry.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char *const schema = "vafit.journal/2";

/* --- writing --- */

static bool is_listed(const struct replacement *item) {
    return item->is_made && item->was.is_there;
}

static bool add_entry(const struct replacement *item, json_t *list, struct error *error) {
    struct journal_entry entry = {.target = item->target, .was = item->was.stamp};
    entry.size = item->file.file.size;
    if (!file_digest(&item->file.file, entry.digest, error))
        return error_in_file(error, item->file.path);
    json_array_append_new(list, journal_entry_write(&entry));
    return true;
}

static bool list_all(const struct replacement *items, size_t count, json_t *list,
                     struct error *error) {
    for (size_t i = 0; i < count; i++)
        if (is_listed(&items[i]) && !add_entry(&items[i], list, error))
            return false;
    return true;
}

/* Step journal. Under a name of its own first, so that a journal is there whole or not at all. */
static bool write_first(struct journal_name *name, const struct text *text, struct error *error) {
    struct atomic_file file;
    if (!atomic_file_make(name->path, &file, error))
        return false;
    bool written = atomic_file_write(&file, 0, text->data, text->size, error) &&
                   fsync(file.file.descriptor) == 0 && link(file.path, name->path) == 0;
    if (!written)
        error_errno(error, name->path, "cannot write");
    unlink(file.path);
    if (written)
        name->descriptor = file.file.descriptor;
    else
        file_close(&file.file);
    return written;
}

/* One more name of the first file; a file of its own where that cannot be. */
static bool write_next(const struct journal *journal, struct journal_name *name,
                       const struct text *text, struct error *error) {
    name->descriptor = -1;
    if (link(journal->items[0].path, name->path) == 0)
        return true;
    return errno == EEXIST ? error_errno(error, name->path, "cannot write")
                           : write_first(name, text, error);
}

static bool write_names(struct journal *journal, const struct replacement *items, size_t count,
                        const struct text *text, struct error *error) {
    for (size_t i = 0; i < count; i++) {
        if (!is_listed(&items[i]))
            continue;
        struct journal_name name = {atomic_file_journal(&journal->arena, items[i].target), -1};
        bool written = journal->count == 0 ? write_first(&name, text, error)
                                           : write_next(journal, &name, text, error);
        if (!written)
            return false;
        *vector_push(&journal->arena, journal) = name;
    }
    return true;
}

/* What is beside the targets is on disk before the first name is taken: new files, originals and
 * journals. Nobody waits for that where nobody waited for the new file. */
static bool sync_folders(const struct replacement *items, size_t count, struct error *error) {
    struct arena arena = {0};
    const char *last = NULL;
    bool synced = true;
    for (size_t i = 0; i < count && synced; i++) {
        const char *folder = path_folder(&arena, items[i].target);
        if (is_listed(&items[i]) && !items[i].file.no_sync &&
            (last == NULL || strcmp(folder, last) != 0))
            synced = file_sync_folder(folder) || error_errno(error, folder, "cannot write");
        last = folder;
    }
    arena_free(&arena);
    return synced;
}

static void leave(struct journal *journal, bool removed) {
    for (size_t i = journal->count; i-- > 0;) {
        if (removed)
            unlink(journal->items[i].path);
        if (journal->items[i].descriptor >= 0)
            close(journal->items[i].descriptor);
    }
    arena_free(&journal->arena);
    *journal = (struct journal){0};
}

bool journal_write(struct journal *journal, const struct replacement *items, size_t count,
                   struct error *error) {
    struct text text = {0};
    json_t *root = json_object(), *list = json_array();
    json_object_set_new(root, "schema", json_text(schema));
    bool written = list_all(items, count, list, error);
    json_object_set_new(root, "replacements", list);
    json_write(root, &text);
    written = written && write_names(journal, items, count, &text, error) &&
              sync_folders(items, count, error);
    text_free(&text);
    if (!written)
        leave(journal, true);
    return written;
}

void journal_end(struct journal *journal, const struct replacement *items, size_t count) {
    leave(journal, replacements_are_clean(items, count));
}

/* --- resuming --- */

static bool journal_error(struct error *error, const char *what) {
    return error_malformed(error, "journal", "%s; remove it when no run of vafit needs it", what);
}

/* Whether an entry's own journal, beside its target, is this one, or the same bytes where one file
 * cannot have several names. */
static bool is_listed_here(struct arena *arena, const struct journal_entry *entry,
                           const struct file *journal) {
    const char *path = atomic_file_journal(arena, entry->target);
    return journal_entry_is_at(path, journal->descriptor) || file_holds(path, journal);
}

/* A journal that was found. */
struct found_journal {
    const struct file *file;
    struct journal_entry *entries;
    size_t count;
};

/* What a run had begun at its end goes the same way for all, or files that belong together, as an
 * image and the seal around it, would be of two minds: it was cleaning when an old file is gone,
 * and giving back when a new one is. */
static bool decide(const struct found_journal *journal, bool take_back) {
    bool is_taken = false, is_given_back = false;
    for (size_t i = 0; i < journal->count && !is_given_back; i++) {
        enum entry_end end = journal_entry_end(&journal->entries[i]);
        is_taken |= end == ENTRY_TAKEN;
        is_given_back |= end == ENTRY_GIVEN_BACK;
    }
    return is_given_back || (take_back && !is_taken);
}

/* An entry whose own journal is not there is left alone: its run had not begun to take names, or
 * was about to end; another may have been at it since. Then nothing more is taken of the others. */
static bool resume_entries(struct arena *arena, const struct found_journal *journal, bool take_back,
                           struct resumed *resumed, struct error *error) {
    const struct journal_entry *entries = journal->entries;
    size_t listed = 0;
    for (size_t i = 0; i < journal->count; i++)
        listed += is_listed_here(arena, &entries[i], journal->file);
    if (listed == 0)
        return journal_error(error, "it names files that are not beside it, as of a moved folder");
    take_back = listed < journal->count || decide(journal, take_back);
    for (size_t i = 0; i < journal->count; i++)
        if (is_listed_here(arena, &entries[i], journal->file) &&
            !journal_entry_resume(&entries[i], take_back, resumed, error))
            return false;
    return true;
}

/* The entries of the journal; NULL for what is none. */
static struct journal_entry *read_entries(struct arena *arena, const char *text, size_t size,
                                          size_t *count, struct error *error) {
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    const char *named = json_string_value(json_object_get(root, "schema"));
    const json_t *list = json_object_get(root, "replacements");
    *count = json_array_size(list);
    struct journal_entry *entries = arena_take(arena, (*count + 1) * sizeof *entries);
    bool good = named != NULL && strcmp(named, schema) == 0 && json_is_array(list);
    if (!good)
        journal_error(error, "not a journal of this version of vafit");
    for (size_t i = 0; i < *count && good; i++)
        good = journal_entry_read(arena, json_array_get(list, i), &entries[i]) ||
               journal_error(error, "an entry that cannot be read");
    json_decref(root);
    return good ? entries : NULL;
}

static bool read_text(struct arena *arena, const struct file *journal, char **text,
                      struct error *error) {
    enum { LARGEST = 64 << 20 };
    if (journal->size > LARGEST)
        return journal_error(error, "it is too large");
    *text = arena_take(arena, (size_t)journal->size + 1);
    return file_read(journal, 0, *text, (size_t)journal->size, error);
}

/* Opened and locked, so that two runs do not resume at once, and still the one that has the name
 * then: it may be gone, or be another's; the descriptor is -1 for none. */
static bool open_journal(const char *path, struct file *journal, struct error *error) {
    enum { TRIES = 10 };
    for (int i = 0; i < TRIES; i++) {
        enum path_kind kind = file_open_unlinked(path, journal, error);
        if (kind == PATH_ABSENT)
            return true;
        if (kind == PATH_CLOSED)
            return false;
        if (kind != PATH_FILE)
            return error_io(error, path, "cannot open: not a regular file");
        if (file_lock(journal->descriptor, LOCK_EX) &&
            journal_entry_is_at(path, journal->descriptor))
            return true;
        if (journal_entry_is_at(path, journal->descriptor))
            break;
        file_close(journal);
    }
    file_close(journal);
    return error_io(error, path, "another run is replacing what it names");
}

static bool resume_journal(struct arena *arena, const char *path, const struct file *file,
                           bool take_back, struct resumed *resumed, struct error *error) {
    struct found_journal journal = {.file = file};
    char *text = NULL;
    if (!read_text(arena, file, &text, error))
        return false;
    journal.entries = read_entries(arena, text, (size_t)file->size, &journal.count, error);
    if (journal.entries == NULL || !resume_entries(arena, &journal, take_back, resumed, error))
        return false;
    for (size_t i = 0; i < journal.count; i++)
        journal_entry_unlink(atomic_file_journal(arena, journal.entries[i].target),
                             file->descriptor);
    return !journal_entry_is_at(path, file->descriptor) || unlink(path) == 0 ||
           error_errno(error, path, "cannot remove");
}

bool journal_resume(const char *target, bool take_back, struct resumed *resumed,
                    struct error *error) {
    struct arena arena = {0};
    struct file journal = {.descriptor = -1};
    char *path = atomic_file_journal(&arena, target);
    bool done = atomic_file_sweep(path, error) && open_journal(path, &journal, error);
    if (done && journal.descriptor >= 0)
        done = resume_journal(&arena, path, &journal, take_back, resumed, error);
    file_close(&journal);
    if (!done)
        error_in_file(error, path);
    arena_free(&arena);
    return done;
}
