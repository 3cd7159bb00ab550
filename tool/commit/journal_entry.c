#include "commit/journal_entry.h"

#include "base/atomic_file.h"
#include "base/file_digest.h"
#include "base/json.h"
#include "base/text.h"
#include "commit/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- as JSON --- */

/* What is no printable ASCII, and the percent sign itself, as %XX. */
static json_t *path_json(const char *path) {
    struct text text = {0};
    text_add(&text, "");
    for (const char *at = path; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte < 0x20 || byte >= 0x7f || byte == '%')
            text_addf(&text, "%%%02X", byte);
        else
            text_add_bytes(&text, at, 1);
    }
    json_t *value = json_text(text.data);
    text_free(&text);
    return value;
}

static int hex_value(char digit) {
    static const char digits[] = "0123456789ABCDEF";
    const char *at = digit == '\0' ? NULL : strchr(digits, digit);
    return at == NULL ? -1 : (int)(at - digits);
}

/* Two hexadecimal digits; false for anything else. */
static bool hex_byte(const char *text, uint8_t *byte) {
    int high = hex_value(text[0]), low = high < 0 ? -1 : hex_value(text[1]);
    *byte = (uint8_t)(high * 16 + low);
    return low >= 0;
}

/* NULL for what path_json does not write. */
static char *path_read(struct arena *arena, const char *text) {
    char *path = text == NULL ? NULL : arena_string(arena, text), *to = path;
    for (; text != NULL && *text != '\0'; text++) {
        uint8_t byte = (uint8_t)*text;
        if (*text == '%') {
            if (!hex_byte(text + 1, &byte) || byte == 0)
                return NULL;
            text += 2;
        }
        *to++ = (char)byte;
    }
    if (path != NULL)
        *to = '\0';
    return path;
}

json_t *journal_entry_write(const struct journal_entry *entry) {
    struct arena arena = {0};
    char digest[2 * SHA256_SIZE + 1];
    json_t *value = json_object();
    for (size_t i = 0; i < SHA256_SIZE; i++)
        snprintf(digest + 2 * i, 3, "%02X", entry->digest[i]);
    json_object_set_new(value, "target", path_json(file_absolute(&arena, entry->target)));
    json_object_set_new(
        value, "was",
        json_pack("{s:I, s:I, s:I, s:I}", "device", (json_int_t)entry->was.identity.device, "inode",
                  (json_int_t)entry->was.identity.inode, "size", (json_int_t)entry->was.size,
                  "modified", (json_int_t)entry->was.modified));
    json_object_set_new(value, "new",
                        json_pack("{s:I, s:s}", "size", (json_int_t)entry->size, "digest", digest));
    arena_free(&arena);
    return value;
}

static bool read_number(const json_t *object, const char *name, uint64_t *number) {
    const json_t *value = json_object_get(object, name);
    *number = (uint64_t)json_integer_value(value);
    return json_is_integer(value);
}

static bool read_digest(const char *text, uint8_t digest[SHA256_SIZE]) {
    if (text == NULL || strlen(text) != 2 * SHA256_SIZE)
        return false;
    for (size_t i = 0; i < SHA256_SIZE; i++)
        if (!hex_byte(text + 2 * i, &digest[i]))
            return false;
    return true;
}

bool journal_entry_read(struct arena *arena, const json_t *value, struct journal_entry *entry) {
    const json_t *was = json_object_get(value, "was"), *new = json_object_get(value, "new");
    entry->target = path_read(arena, json_string_value(json_object_get(value, "target")));
    return entry->target != NULL && read_number(was, "device", &entry->was.identity.device) &&
           read_number(was, "inode", &entry->was.identity.inode) &&
           read_number(was, "size", &entry->was.size) &&
           read_number(was, "modified", &entry->was.modified) &&
           read_number(new, "size", &entry->size) &&
           read_digest(json_string_value(json_object_get(new, "digest")), entry->digest);
}

/* --- resuming --- */

enum content { CONTENT_OLD, CONTENT_NEW, CONTENT_OTHER, CONTENT_EMPTY, CONTENT_NONE };

static bool is_new(const struct journal_entry *entry, const char *path) {
    uint8_t digest[SHA256_SIZE];
    struct file file;
    struct error ignored;
    if (file_open_unlinked(path, &file, &ignored) != PATH_FILE)
        return false;
    bool same = file.size == entry->size && file_digest(&file, digest, &ignored) &&
                memcmp(digest, entry->digest, SHA256_SIZE) == 0;
    file_close(&file);
    return same;
}

/* As a new file is before its run has looked for a journal (atomic_file_make). */
static bool is_empty(const char *path) {
    struct file_stamp stamp;
    return file_stamp(path, &stamp) && stamp.size == 0;
}

static enum content content_of(const struct journal_entry *entry, const char *path) {
    if (path_look(path) == PATH_ABSENT)
        return CONTENT_NONE;
    if (file_stamp_holds(&entry->was, path))
        return CONTENT_OLD;
    if (is_empty(path))
        return CONTENT_EMPTY;
    return is_new(entry, path) ? CONTENT_NEW : CONTENT_OTHER;
}

/* The replacement as the ended run left it. */
static struct replacement replacement_of(const struct journal_entry *entry,
                                         const struct atomic_file *file, bool has_taken) {
    struct replacement item = {.target = entry->target, .file = *file, .is_made = true};
    struct file_stamp new;
    item.was = (struct file_state){true, entry->was};
    item.has_taken = has_taken;
    if (file_stamp(has_taken ? entry->target : file->path, &new))
        item.identity = new.identity;
    return item;
}

static bool give_back(struct replacement *item, struct resumed *resumed, struct error *error) {
    resumed->discarded++;
    return replacements_give_back(item, 1, error);
}

/* One whose target was linked in the very moment is discarded. */
static bool take(struct replacement *item, struct resumed *resumed, struct error *error) {
    bool taken = replacements_take(item, 1, error);
    resumed->finished += taken;
    resumed->discarded += !taken;
    replacements_keep(item, 1);
    return true;
}

static bool resume_left(const struct journal_entry *entry, const struct atomic_file *file,
                        bool take_back, struct resumed *resumed, struct error *error) {
    enum content target = content_of(entry, entry->target);
    enum content other = content_of(entry, file->path);
    struct replacement item = replacement_of(entry, file, target == CONTENT_NEW);
    if (other == CONTENT_OTHER)
        file_stamp(file->path, &item.was.stamp);
    if (target == CONTENT_OLD && other == CONTENT_NEW && !take_back)
        return take(&item, resumed, error);
    if (target == CONTENT_NEW && (other == CONTENT_OTHER || take_back))
        return give_back(&item, resumed, error);
    if (target == CONTENT_NEW)
        resumed->finished++;
    else
        resumed->discarded++;
    atomic_file_discard(&item.file);
    return true;
}

/* Where names cannot be exchanged: what a run left that ended between a name for the old file, the
 * rename, and TARGET.vafit-new for the old file. */
static void end_rename(const struct atomic_file *file, bool is_left) {
    char old[NEW_FILE_KEPT_SIZE];
    atomic_file_kept(file, old);
    if (is_left)
        unlink(old);
    else
        rename(old, file->path);
}

static bool find_left(const struct journal_entry *entry, struct atomic_file *file, bool *is_left,
                      struct error *error) {
    if (!atomic_file_find(entry->target, file, is_left, error))
        return false;
    end_rename(file, *is_left);
    return *is_left || atomic_file_find(entry->target, file, is_left, error);
}

/* Step resume. */
bool journal_entry_resume(const struct journal_entry *entry, bool take_back,
                          struct resumed *resumed, struct error *error) {
    struct atomic_file file;
    bool is_left;
    if (!find_left(entry, &file, &is_left, error))
        return false;
    if (is_left)
        return resume_left(entry, &file, take_back, resumed, error);
    resumed->finished += content_of(entry, entry->target) == CONTENT_NEW;
    return true;
}

enum entry_end journal_entry_end(const struct journal_entry *entry) {
    struct arena arena = {0};
    const char *path = arena_format(&arena, "%s" NEW_FILE_ENDING, entry->target);
    const char *kept = arena_format(&arena, "%s-old", path);
    enum entry_end end = ENTRY_UNDECIDED;
    if (path_look(path) == PATH_ABSENT && path_look(kept) == PATH_ABSENT) {
        enum content content = content_of(entry, entry->target);
        end = content == CONTENT_NEW   ? ENTRY_TAKEN
              : content == CONTENT_OLD ? ENTRY_GIVEN_BACK
                                       : ENTRY_UNDECIDED;
    }
    arena_free(&arena);
    return end;
}

bool journal_entry_is_at(const char *path, int descriptor) {
    struct stat opened, named;
    return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

void journal_entry_unlink(const char *path, int descriptor) {
    if (journal_entry_is_at(path, descriptor))
        unlink(path);
}
