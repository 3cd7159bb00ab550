#include "images/library.h"

#include "base/map.h"
#include "base/path.h"
#include "images/facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* As many symbolic links as the kernels follow in one path, and as long a path as they take. */
enum { MOST_LINKS = 32, LONGEST_PATH = 4096, LARGEST_FACTS = 1 << 30 };

struct image_files {
    struct image_file **items;
    size_t count;
    size_t capacity;
};

struct library {
    struct arena arena;
    bool from_facts;
    struct errors errors;
    struct string_list opened;
    struct image_files files;
    struct map by_path;     /* path, however spelled -> struct found */
    struct map by_identity; /* "device inode" -> struct found */
    struct map folders;     /* folder as spelled -> its tidy path */
    size_t open_limit;      /* files that may stay open */
    size_t open_count;
};

/* The outcome of a lookup, kept so that no path is looked at twice. */
struct found {
    enum lookup lookup;
    struct image_file *file;
};

static struct library *new_library(bool from_facts) {
    struct library *library = calloc(1, sizeof *library);
    if (library == NULL)
        out_of_memory();
    library->from_facts = from_facts;
    library->open_limit = from_facts ? 0 : file_open_limit();
    return library;
}

struct library *library_on_disk(void) {
    return new_library(false);
}

struct library *library_of_facts(void) {
    return new_library(true);
}

void library_free(struct library *library) {
    for (size_t i = 0; i < library->files.count; i++)
        file_close(&library->files.items[i]->file);
    map_free(&library->by_path);
    map_free(&library->by_identity);
    map_free(&library->folders);
    errors_free(&library->errors);
    arena_free(&library->arena);
    free(library);
}

static struct found *remember(struct library *library, const char *path, struct found found) {
    struct found *kept = arena_take(&library->arena, sizeof *kept);
    *kept = found;
    map_put(&library->by_path, &library->arena, path, kept);
    return kept;
}

static void add_name(struct library *library, struct image_file *file, const char *name) {
    if (strcmp(file->path, name) == 0)
        return;
    for (size_t i = 0; i < file->names.count; i++)
        if (strcmp(file->names.items[i], name) == 0)
            return;
    *vector_push(&library->arena, &file->names) = arena_string(&library->arena, name);
}

/* --- on disk --- */

/* Whether ".." behind `folder` leads back to where its text says: not so for a symbolic link. */
static bool is_plain_folder(const char *folder) {
    return path_look(folder) == PATH_OTHER;
}

/* One spelling for a folder: as path_tidy, but NAME/.. stays where NAME is a symbolic link. */
static const char *tidy_folder(struct library *library, const char *folder) {
    char *known = map_get(&library->folders, folder);
    if (known != NULL)
        return known;
    const char *tidy = folder;
    const char *leaf = path_leaf(folder);
    if (strcmp(folder, "/") != 0 && strcmp(folder, ".") != 0) {
        const char *parent = strchr(folder, '/') == NULL
                                 ? "."
                                 : tidy_folder(library, path_folder(&library->arena, folder));
        char *joined = path_join(&library->arena, parent, leaf);
        bool back = strcmp(leaf, "..") == 0 && strcmp(path_leaf(parent), "..") != 0;
        tidy = !back || strcmp(parent, ".") == 0 || is_plain_folder(parent)
                   ? path_tidy(&library->arena, joined)
                   : joined;
    }
    map_put(&library->folders, &library->arena, folder, (void *)(uintptr_t)tidy);
    return tidy;
}

static void note_opened(struct library *library, const char *path) {
    *vector_push(&library->arena, &library->opened) = arena_string(&library->arena, path);
}

/* Whether the file begins as a .tbd does. */
static bool is_stub(const struct file *file) {
    static const char mark[] = "--- !tapi";
    char head[sizeof mark - 1];
    struct error ignored;
    return file->size >= sizeof head && file_read(file, 0, head, sizeof head, &ignored) &&
           memcmp(head, mark, sizeof head) == 0;
}

/* A file that cannot stay open is opened anew when it is wanted. */
static void keep_open(struct library *library, struct image_file *file) {
    if (library->open_count < library->open_limit)
        library->open_count++;
    else
        file_close(&file->file);
}

static struct found failed(struct library *library, const struct error *error) {
    errors_add(&library->errors, error);
    return (struct found){LOOKUP_FAILED, NULL};
}

/* Reads the headers of a file that was opened. */
static struct found read_image(struct library *library, const char *path,
                               const struct file *opened) {
    struct error error;
    struct image_file *file = arena_take(&library->arena, sizeof *file);
    file->path = arena_string(&library->arena, path);
    file->file = *opened;
    file->size = opened->size;
    if (image_file_read(&library->arena, file, &error)) {
        *vector_push(&library->arena, &library->files) = file;
        keep_open(library, file);
        return (struct found){LOOKUP_FOUND, file};
    }
    bool stub = is_stub(&file->file);
    file_close(&file->file);
    return stub ? (struct found){LOOKUP_STUB, NULL} : failed(library, &error);
}

/* The file that was opened, or the one that is known already under another name. */
static struct found find_identity(struct library *library, const char *path, struct file *opened) {
    char key[48];
    snprintf(key, sizeof key, "%" PRIx64 " %" PRIx64, opened->identity.device,
             opened->identity.inode);
    struct found *known = map_get(&library->by_identity, key);
    if (known != NULL) {
        file_close(opened);
        return *known;
    }
    known = arena_take(&library->arena, sizeof *known);
    *known = read_image(library, path, opened);
    map_put(&library->by_identity, &library->arena, key, known);
    return *known;
}

static struct found find_on_disk(struct library *library, const char *path, unsigned links);

static struct found follow_link(struct library *library, const char *path, unsigned links) {
    const char *target = path_link_target(&library->arena, path);
    if (links == MOST_LINKS)
        return (struct found){LOOKUP_LOOP, NULL};
    if (target == NULL)
        return (struct found){LOOKUP_ABSENT, NULL};
    return find_on_disk(library, target, links + 1);
}

/* What a path without detours names. */
static struct found look_up(struct library *library, const char *path, unsigned links) {
    struct file file;
    struct error error;
    switch (file_open_unlinked(path, &file, &error)) {
    case PATH_FILE:
        note_opened(library, path);
        return find_identity(library, path, &file);
    case PATH_LINK:
        return follow_link(library, path, links);
    case PATH_OTHER:
        return (struct found){LOOKUP_OTHER, NULL};
    case PATH_CLOSED:
        return failed(library, &error);
    case PATH_ABSENT:
        break;
    }
    return (struct found){LOOKUP_ABSENT, NULL};
}

static struct found find_on_disk(struct library *library, const char *path, unsigned links) {
    const char *folder = tidy_folder(library, path_folder(&library->arena, path));
    const char *tidy = path_join(&library->arena, folder, path_leaf(path));
    struct found *known = map_get(&library->by_path, tidy);
    if (known != NULL)
        return *known;
    struct found found = look_up(library, tidy, links);
    if (found.file != NULL)
        add_name(library, found.file, tidy);
    return *remember(library, tidy, found);
}

/* --- from facts --- */

static bool add_fact(struct library *library, struct image_file *file, struct error *error) {
    struct found found = {LOOKUP_FOUND, file};
    for (size_t i = 0; i <= file->names.count; i++) {
        const char *path = i == 0 ? file->path : file->names.items[i - 1];
        const char *tidy = path_tidy(&library->arena, path);
        if (map_get(&library->by_path, tidy) != NULL)
            return error_malformed(error, "path", "%s comes twice among the facts", path);
        remember(library, tidy, found);
    }
    *vector_push(&library->arena, &library->files) = file;
    return true;
}

bool library_add_facts(struct library *library, const char *path, struct error *error) {
    struct facts facts = {0};
    char *text;
    size_t size;
    note_opened(library, path);
    if (!file_read_all(&library->arena, path, LARGEST_FACTS, &text, &size, error))
        return false;
    if (!facts_from_json(&library->arena, text, size, &facts, error))
        return error_in_file(error, path);
    for (size_t i = 0; i < facts.count; i++)
        if (!add_fact(library, facts.items[i], error))
            return error_in_file(error, path);
    return true;
}

static struct found find_fact(struct library *library, const char *path) {
    struct found *known = map_get(&library->by_path, path_tidy(&library->arena, path));
    return known == NULL ? (struct found){LOOKUP_ABSENT, NULL} : *known;
}

/* --- both --- */

enum lookup library_find(struct library *library, const char *path, struct image_file **file) {
    struct found found = {LOOKUP_ABSENT, NULL};
    const struct found *known = map_get(&library->by_path, path);
    if (known != NULL)
        found = *known;
    else if (library->from_facts)
        found = find_fact(library, path);
    else if (strlen(path) < LONGEST_PATH)
        found = find_on_disk(library, path, 0);
    *file = found.file;
    return found.lookup;
}

/* Opens a file again that had to be closed. */
static bool reopen(struct image_file *file, struct error *error) {
    return file->file.descriptor >= 0 || file_open(file->path, &file->file, error);
}

const struct image *library_image(struct library *library, struct image_file *file,
                                  struct image_slice *slice) {
    struct error error;
    if (slice->image == NULL && !slice->failed) {
        bool reopened = file->file.descriptor < 0;
        if (!reopen(file, &error) || !image_file_parse(&library->arena, file, slice, &error)) {
            slice->failed = true;
            errors_add(&library->errors, &error);
        }
        if (reopened)
            file_close(&file->file);
    }
    return slice->image;
}

bool library_breakdown(struct library *library, struct image_file *file, struct image_slice *slice,
                       struct error *error) {
    if (slice->has_breakdown)
        return true;
    bool reopened = file->file.descriptor < 0;
    slice->has_breakdown =
        !library->from_facts && reopen(file, error) &&
        breakdown_read(&file->file, slice->offset, slice->image, &slice->breakdown, error);
    if (reopened)
        file_close(&file->file);
    return slice->has_breakdown || error_in_file(error, file->path);
}

struct errors *library_errors(struct library *library) {
    return &library->errors;
}

struct arena *library_arena(struct library *library) {
    return &library->arena;
}

const struct string_list *library_opened(const struct library *library) {
    return &library->opened;
}

struct image_file *const *library_files(const struct library *library, size_t *count) {
    *count = library->files.count;
    return library->files.items;
}

const char *library_source(const struct library *library) {
    return library->from_facts ? "facts" : "files";
}
