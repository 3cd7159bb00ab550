#include "rewrite/replacements.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const schema = "vafit.journal/1";

/* --- writing --- */

/* Which file the target was when its new file was made; null for none. */
static json_t *stamp_of(const char *target) {
    struct file_stamp stamp;
    if (!file_stamp(target, &stamp))
        return json_null();
    return json_pack("{s:I, s:I, s:I, s:I}", "device", (json_int_t)stamp.identity.device, "inode",
                     (json_int_t)stamp.identity.inode, "size", (json_int_t)stamp.size, "modified",
                     (json_int_t)stamp.modified);
}

/* Under a name that the next run knows, should this one end meanwhile. */
static bool write_whole(const char *path, const struct text *text, struct error *error) {
    struct new_file file;
    if (!new_file_make(path, &file, error))
        return false;
    if (new_file_write(&file, 0, text->data, text->size, error) &&
        new_file_finish(&file, &file.file, error))
        return new_file_take_place(&file, path, error);
    new_file_discard(&file);
    return error_in_file(error, path);
}

static bool write_journal(const struct replacement *items, size_t count, const char *journal,
                          struct error *error) {
    struct arena arena = {0};
    struct text text = {0};
    json_t *root = json_object(), *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!items[i].is_made)
            continue;
        json_t *item = json_object();
        json_object_set_new(item, "target", json_text(file_absolute(&arena, items[i].target)));
        json_object_set_new(item, "was", stamp_of(items[i].target));
        json_array_append_new(list, item);
    }
    json_object_set_new(root, "schema", json_text(schema));
    json_object_set_new(root, "replacements", list);
    json_write(root, &text);
    bool written = write_whole(journal, &text, error);
    text_free(&text);
    arena_free(&arena);
    return written;
}

bool replacements_take_place(struct replacement *items, size_t count, const char *journal,
                             struct error *error) {
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any |= items[i].is_made;
    if (!any)
        return true;
    if (!write_journal(items, count, journal, error)) {
        replacements_discard(items, count);
        return false;
    }
    bool taken = true;
    for (size_t i = 0; i < count && taken; i++) {
        if (!items[i].is_made)
            continue;
        taken = new_file_take_place(&items[i].file, items[i].target, error);
        items[i].is_made = false;
    }
    replacements_discard(items, count);
    unlink(journal);
    return taken;
}

void replacements_discard(struct replacement *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (items[i].is_made)
            new_file_discard(&items[i].file);
        items[i].is_made = false;
    }
}

/* --- resuming --- */

static bool journal_error(struct error *error, const char *what) {
    return error_malformed(error, "journal", "%s; remove it when no run of vafit needs it", what);
}

/* Whether the target still is what its new file was made from. */
static bool is_as_it_was(const char *target, const json_t *was) {
    struct file_stamp stamp;
    if (!file_stamp(target, &stamp))
        return json_is_null(was);
    const struct {
        const char *name;
        uint64_t value;
    } members[] = {{"device", stamp.identity.device},
                   {"inode", stamp.identity.inode},
                   {"size", stamp.size},
                   {"modified", stamp.modified}};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (json_integer_value(json_object_get(was, members[i].name)) !=
            (json_int_t)members[i].value)
            return false;
    return true;
}

/* One entry. A new file that is no more has its name already. */
static bool resume_one(const json_t *item, bool take_back, struct resumed *resumed,
                       struct error *error) {
    const char *target = json_string_value(json_object_get(item, "target"));
    struct new_file file;
    bool is_left;
    if (target == NULL)
        return journal_error(error, "an entry without a target");
    if (!new_file_find(target, &file, &is_left, error))
        return false;
    if (!is_left)
        return true;
    if (take_back || !is_as_it_was(target, json_object_get(item, "was"))) {
        new_file_discard(&file);
        resumed->discarded++;
        return true;
    }
    resumed->finished++;
    return new_file_take_place(&file, target, error);
}

static bool resume_all(const char *text, size_t size, bool take_back, struct resumed *resumed,
                       struct error *error) {
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    const char *name = json_string_value(json_object_get(root, "schema"));
    const json_t *list = json_object_get(root, "replacements");
    bool done = name != NULL && strcmp(name, schema) == 0 && json_is_array(list);
    if (!done)
        journal_error(error, "not a journal of this version of vafit");
    for (size_t i = 0; done && i < json_array_size(list); i++)
        done = resume_one(json_array_get(list, i), take_back, resumed, error);
    json_decref(root);
    return done;
}

bool replacements_resume(const char *journal, bool take_back, struct resumed *resumed,
                         struct error *error) {
    enum { LARGEST = 64 << 20 };
    struct arena arena = {0};
    char *text;
    size_t size;
    struct new_file half;
    bool is_left;
    *resumed = (struct resumed){0};
    if (!new_file_find(journal, &half, &is_left, error))
        return false;
    if (is_left)
        new_file_discard(&half);
    if (path_look(journal) == PATH_ABSENT)
        return true;
    bool done = file_read_all(&arena, journal, LARGEST, &text, &size, error) &&
                resume_all(text, size, take_back, resumed, error);
    arena_free(&arena);
    if (!done)
        return error_in_file(error, journal);
    return unlink(journal) == 0 || error_errno(error, journal, "cannot remove");
}
