#include "commit/journal.h"

#include "base/file_digest.h"
#include "base/json.h"
#include "base/options.h"
#include "base/path.h"
#include "commit/journal_entry.h"

#include <errno.h>
#include <fcntl.h>
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

/* Under a name of its own first, so that a journal is there whole or not at all. */
static bool write_first(struct journal_name *name, const struct text *text, struct error *error) {
    struct new_file file;
    if (!new_file_make(name->path, &file, error))
        return false;
    bool written = new_file_write(&file, 0, text->data, text->size, error) &&
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
        struct journal_name name = {new_file_journal(&journal->arena, items[i].target), -1};
        bool written = journal->count == 0 ? write_first(&name, text, error)
                                           : write_next(journal, &name, text, error);
        if (!written)
            return false;
        *vector_push(&journal->arena, journal) = name;
    }
    return true;
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
    written = written && write_names(journal, items, count, &text, error);
    text_free(&text);
    if (!written)
        leave(journal, true);
    return written;
}

void journal_end(struct journal *journal, const struct replacement *items, size_t count) {
    bool ended = true;
    for (size_t i = 0; i < count; i++)
        ended &= path_look(items[i].file.path) == PATH_ABSENT;
    leave(journal, ended);
}

/* --- resuming --- */

static bool journal_error(struct error *error, const char *what) {
    return error_malformed(error, "journal", "%s; remove it when no run of vafit needs it", what);
}

static bool resume_entries(struct journal_entry *entries, size_t count, bool take_back,
                           struct resumed *resumed, struct error *error) {
    for (size_t i = 0; i < count; i++)
        if (!journal_entry_resume(&entries[i], take_back, resumed, error))
            return false;
    return true;
}

static bool resume_text(struct arena *arena, const char *text, size_t size, bool take_back,
                        struct resumed *resumed, struct string_list *targets, struct error *error) {
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    const char *named = json_string_value(json_object_get(root, "schema"));
    const json_t *list = json_object_get(root, "replacements");
    size_t count = json_array_size(list);
    struct journal_entry *entries = arena_take(arena, (count + 1) * sizeof *entries);
    bool good = named != NULL && strcmp(named, schema) == 0 && json_is_array(list);
    if (!good)
        journal_error(error, "not a journal of this version of vafit");
    for (size_t i = 0; i < count && good; i++) {
        good = journal_entry_read(arena, json_array_get(list, i), &entries[i]) ||
               journal_error(error, "an entry that cannot be read");
        if (good)
            *vector_push(arena, targets) = entries[i].target;
    }
    json_decref(root);
    return good && resume_entries(entries, count, take_back, resumed, error);
}

/* Opened and locked, so that two runs do not resume at once; -1 for none. A regular file, since
 * that is what file_read_all reads. */
static bool open_journal(const char *path, int *descriptor, struct error *error) {
    *descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (*descriptor < 0)
        return errno == ENOENT || errno == ENOTDIR || error_errno(error, path, "cannot open");
    if (flock(*descriptor, LOCK_EX | LOCK_NB) == 0)
        return true;
    close(*descriptor);
    return error_io(error, path, "another run is replacing what it names");
}

/* The journal may stand under the names of all its targets. */
static void remove_names(struct arena *arena, int descriptor, const struct string_list *targets) {
    for (size_t i = 0; i < targets->count; i++)
        journal_entry_unlink(new_file_journal(arena, targets->items[i]), descriptor);
}

bool journal_resume(const char *target, bool take_back, struct resumed *resumed,
                    struct error *error) {
    enum { LARGEST = 64 << 20 };
    struct arena arena = {0};
    struct string_list targets = {0};
    char *path = new_file_journal(&arena, target), *text;
    size_t size;
    int descriptor;
    bool done = new_file_sweep(path, error) && open_journal(path, &descriptor, error);
    if (done && descriptor >= 0) {
        done = file_read_all(&arena, path, LARGEST, &text, &size, error) &&
               resume_text(&arena, text, size, take_back, resumed, &targets, error);
        if (done)
            remove_names(&arena, descriptor, &targets);
        if (done && unlink(path) != 0 && errno != ENOENT)
            done = error_errno(error, path, "cannot remove");
        close(descriptor);
    }
    if (!done)
        error_in_file(error, path);
    arena_free(&arena);
    return done;
}
