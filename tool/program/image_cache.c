#include "program/image_cache.h"

#include "base/map.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/path.h"
#include "macho/other_file.h"
#include "program/facts.h"
#include "program/hardened.h"

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

struct image_cache {
    struct arena arena;
    bool from_facts;
    struct errors errors;
    struct string_list opened;
    struct image_files files;
    size_t slice_count;
    struct map by_path;     /* path, however spelled -> struct found */
    struct map by_identity; /* "device inode" -> struct found */
    struct map put;         /* real path -> struct found: what stands for it */
    bool has_put;
    struct map folders; /* folder with ".." as spelled -> its tidy path */
    size_t open_limit;  /* files that may stay open */
    size_t open_count;
    size_t absent_bytes; /* of the paths in `by_path` that led to nothing, and in `folders` */
};

/* What led to nothing is remembered so that it is not looked for again, as far as this goes: how
 * many such paths there are, and how long, load commands say. */
enum { MOST_ABSENT_BYTES = 64 << 20 };

/* The outcome of a lookup, kept so that no path is looked at twice. */
struct found {
    enum lookup lookup;
    struct image_file *file;
};

static struct image_cache *new_library(bool from_facts) {
    struct image_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        out_of_memory();
    cache->from_facts = from_facts;
    cache->open_limit = from_facts ? 0 : file_open_limit();
    return cache;
}

struct image_cache *image_cache_on_disk(void) {
    return new_library(false);
}

struct image_cache *image_cache_of_facts(void) {
    return new_library(true);
}

void image_cache_free(struct image_cache *cache) {
    for (size_t i = 0; i < cache->files.count; i++)
        file_close(&cache->files.items[i]->file);
    map_free(&cache->by_path);
    map_free(&cache->by_identity);
    map_free(&cache->put);
    map_free(&cache->folders);
    errors_free(&cache->errors);
    arena_free(&cache->arena);
    free(cache);
}

static struct found *remember(struct image_cache *cache, const char *path, struct found found) {
    struct found *kept = arena_take(&cache->arena, sizeof *kept);
    *kept = found;
    map_put(&cache->by_path, &cache->arena, path, kept);
    return kept;
}

static void add_name(struct image_cache *cache, struct image_file *file, const char *name) {
    if (file->is_instead || strcmp(file->path, name) == 0)
        return;
    for (size_t i = 0; i < file->names.count; i++)
        if (strcmp(file->names.items[i], name) == 0)
            return;
    *vector_push(&cache->arena, &file->names) = arena_string(&cache->arena, name);
}

/* Each slice of a library has a number of its own. */
static void number_slices(struct image_cache *cache, struct image_file *file) {
    for (size_t i = 0; i < file->slice_count; i++)
        file->slices[i].number = cache->slice_count++;
}

/* --- on disk --- */

static bool may_remember(struct image_cache *cache, size_t size) {
    if (cache->absent_bytes >= MOST_ABSENT_BYTES)
        return false;
    cache->absent_bytes += size + 128;
    return true;
}

/* Where the last part of `out` begins. */
static size_t last_part(const char *out, size_t size) {
    while (size > 0 && out[size - 1] != '/')
        size--;
    return size;
}

/* A folder's text while it is tidied. */
struct tidy_state {
    char *out;
    size_t size;
    size_t root; /* 1 for a path from the root */
    bool lost;   /* a folder on the way is missing, so that nothing after it is there */
};

/* Takes the last part back for a ".."; false where the ".." has to stay. */
static bool step_back(struct tidy_state *state) {
    size_t size = state->size, part = last_part(state->out, size);
    if (size == state->root)
        return state->root == 1;
    state->out[size] = '\0';
    if (state->lost || strcmp(state->out + part, "..") == 0)
        return false;
    enum path_kind kind = path_look(state->out);
    state->lost = kind == PATH_ABSENT;
    if (kind != PATH_OTHER)
        return false;
    state->size = part > state->root ? part - 1 : state->root;
    return true;
}

static void add_part(struct tidy_state *state, const char *part, size_t size) {
    if (state->size > state->root)
        state->out[state->size++] = '/';
    memcpy(state->out + state->size, part, size);
    state->size += size;
}

/* As path_tidy, but NAME/.. stays where NAME is a symbolic link. */
static const char *tidy_around_links(struct arena *scratch, const char *folder) {
    struct tidy_state state = {.out = arena_take(scratch, strlen(folder) + 2),
                               .size = folder[0] == '/' ? 1 : 0};
    state.root = state.size;
    memcpy(state.out, folder, state.root);
    while (*folder != '\0') {
        size_t size = strcspn(folder, "/");
        bool nothing = size == 0 || (size == 1 && folder[0] == '.');
        bool back = size == 2 && strncmp(folder, "..", 2) == 0;
        if (!nothing && !(back && step_back(&state)))
            add_part(&state, folder, size);
        folder += size;
        folder += *folder == '/' ? 1 : 0;
    }
    state.out[state.size] = '\0';
    return state.size == 0 ? "." : state.out;
}

/* One spelling for a folder. Only with ".." the file system has to be asked. */
static const char *tidy_folder(struct image_cache *cache, struct arena *scratch,
                               const char *folder) {
    if (strstr(folder, "..") == NULL)
        return path_tidy(scratch, folder);
    const char *tidy = map_get(&cache->folders, folder);
    if (tidy != NULL)
        return tidy;
    tidy = tidy_around_links(scratch, folder);
    if (may_remember(cache, strlen(folder) + strlen(tidy)))
        map_put(&cache->folders, &cache->arena, folder, arena_string(&cache->arena, tidy));
    return tidy;
}

static void note_opened(struct image_cache *cache, const char *path) {
    *vector_push(&cache->arena, &cache->opened) = arena_string(&cache->arena, path);
}

static bool is_stub(const struct file *file) {
    uint8_t buffer[OTHER_FILE_HEAD];
    struct bytes head = {buffer, file->size < sizeof buffer ? (size_t)file->size : sizeof buffer};
    struct error ignored;
    return file_read(file, 0, buffer, head.size, &ignored) &&
           other_file_by_contents(head) == other_file_stub;
}

/* A file that cannot stay open is opened anew when it is wanted. */
static void keep_open(struct image_cache *cache, struct image_file *file) {
    if (cache->open_count < cache->open_limit)
        cache->open_count++;
    else
        file_close(&file->file);
}

static struct found failed(struct image_cache *cache, const struct error *error) {
    errors_add(&cache->errors, error);
    return (struct found){LOOKUP_FAILED, NULL};
}

/* Reads the headers of a file that was opened. */
static struct found read_image(struct image_cache *cache, const char *path,
                               const struct file *opened) {
    struct error error;
    struct image_file *file = arena_take(&cache->arena, sizeof *file);
    file->path = arena_string(&cache->arena, path);
    file->file = *opened;
    file->size = opened->size;
    if (image_file_read(&cache->arena, file, &error)) {
        number_slices(cache, file);
        *vector_push(&cache->arena, &cache->files) = file;
        keep_open(cache, file);
        return (struct found){LOOKUP_FOUND, file};
    }
    bool stub = is_stub(&file->file);
    file_close(&file->file);
    return stub ? (struct found){LOOKUP_STUB, NULL} : failed(cache, &error);
}

enum { IDENTITY_KEY = 48 };

static void identity_key(const struct file_identity *identity, char key[IDENTITY_KEY]) {
    snprintf(key, IDENTITY_KEY, "%" PRIx64 " %" PRIx64, identity->device, identity->inode);
}

/* The file that was opened, or the one that is known already under another name. */
static struct found find_identity(struct image_cache *cache, const char *path,
                                  struct file *opened) {
    char key[IDENTITY_KEY];
    identity_key(&opened->identity, key);
    struct found *known = map_get(&cache->by_identity, key);
    if (known != NULL) {
        file_close(opened);
        return *known;
    }
    known = arena_take(&cache->arena, sizeof *known);
    *known = read_image(cache, path, opened);
    map_put(&cache->by_identity, &cache->arena, key, known);
    return *known;
}

static struct found find_on_disk(struct image_cache *cache, const char *path, unsigned links);

static struct found follow_link(struct image_cache *cache, const char *path, unsigned links) {
    struct arena scratch = {0};
    const char *target = path_link_target(&scratch, path);
    struct found found = {LOOKUP_ABSENT, NULL};
    if (links == MOST_LINKS)
        found.lookup = LOOKUP_LOOP;
    else if (target != NULL)
        found = find_on_disk(cache, target, links + 1);
    arena_free(&scratch);
    return found;
}

void image_cache_put(struct image_cache *cache, struct image_file *file) {
    struct found *put = arena_take(&cache->arena, sizeof *put);
    *put = (struct found){LOOKUP_FOUND, file};
    number_slices(cache, file);
    map_put(&cache->put, &cache->arena, file_absolute(&cache->arena, file->path), put);
    cache->has_put = true;
}

void image_cache_replace(struct image_cache *cache, const char *path, const char *instead) {
    struct found *put = arena_take(&cache->arena, sizeof *put);
    *put = find_on_disk(cache, instead, 0);
    if (put->lookup == LOOKUP_FOUND)
        put->file->is_instead = true;
    map_put(&cache->put, &cache->arena, file_absolute(&cache->arena, path), put);
    cache->has_put = true;
}

/* What stands for the path in place of what is on disk; NULL when nothing does. */
static const struct found *find_put(const struct image_cache *cache, const char *path) {
    struct arena scratch = {0};
    const struct found *put =
        cache->has_put ? map_get(&cache->put, file_absolute(&scratch, path)) : NULL;
    arena_free(&scratch);
    return put;
}

/* What a path without detours names. */
static struct found look_up(struct image_cache *cache, const char *path, unsigned links) {
    struct file file;
    struct error error;
    const struct found *put = find_put(cache, path);
    if (put != NULL)
        return *put;
    switch (file_open_unlinked(path, &file, &error)) {
    case PATH_FILE:
        note_opened(cache, path);
        return find_identity(cache, path, &file);
    case PATH_LINK:
        return follow_link(cache, path, links);
    case PATH_OTHER:
        return (struct found){LOOKUP_OTHER, NULL};
    case PATH_CLOSED:
        return failed(cache, &error);
    case PATH_ABSENT:
        break;
    }
    return (struct found){LOOKUP_ABSENT, NULL};
}

static struct found find_tidy(struct image_cache *cache, const char *tidy, unsigned links) {
    struct found *known = map_get(&cache->by_path, tidy);
    if (known != NULL)
        return *known;
    struct found found = look_up(cache, tidy, links);
    if (found.file != NULL)
        add_name(cache, found.file, tidy);
    /* What failed was reported, and is not to be again. */
    bool is_there = found.lookup == LOOKUP_FOUND || found.lookup == LOOKUP_FAILED;
    if (is_there || may_remember(cache, strlen(tidy)))
        remember(cache, tidy, found);
    return found;
}

static struct found find_on_disk(struct image_cache *cache, const char *path, unsigned links) {
    struct arena scratch = {0};
    const char *folder = tidy_folder(cache, &scratch, path_folder(&scratch, path));
    struct found found = find_tidy(cache, path_join(&scratch, folder, path_leaf(path)), links);
    arena_free(&scratch);
    return found;
}

/* --- from facts --- */

static bool add_fact(struct image_cache *cache, struct image_file *file, struct error *error) {
    struct found found = {LOOKUP_FOUND, file};
    for (size_t i = 0; i <= file->names.count; i++) {
        const char *path = i == 0 ? file->path : file->names.items[i - 1];
        const char *tidy = path_tidy(&cache->arena, path);
        if (map_get(&cache->by_path, tidy) != NULL)
            return error_malformed(error, "path", "%s comes twice among the facts", path);
        remember(cache, tidy, found);
    }
    number_slices(cache, file);
    *vector_push(&cache->arena, &cache->files) = file;
    return true;
}

/* Of one facts file. */
struct fact_source {
    const char *path;
    struct arena arena; /* what was read; until the cache has it */
    struct facts facts;
    struct error *error; /* in the arena; NULL for none */
};

static void read_facts(void *context, size_t i) {
    struct fact_source *source = (struct fact_source *)context + i;
    struct arena scratch = {0};
    struct error error;
    char *text;
    size_t size;
    bool read = file_read_all(&scratch, source->path, LARGEST_FACTS, &text, &size, &error) &&
                (facts_from_json(&source->arena, text, size, &source->facts, &error) ||
                 error_in_file(&error, source->path));
    arena_free(&scratch);
    if (read)
        return;
    source->error = arena_take(&source->arena, sizeof error);
    *source->error = error;
}

static bool add_source(struct image_cache *cache, const struct fact_source *source,
                       struct error *error) {
    note_opened(cache, source->path);
    if (source->error != NULL) {
        *error = *source->error;
        return false;
    }
    for (size_t i = 0; i < source->facts.count; i++)
        if (!add_fact(cache, source->facts.items[i], error))
            return error_in_file(error, source->path);
    return true;
}

bool image_cache_add_facts(struct image_cache *cache, const struct string_list *paths,
                           struct error *error) {
    bool good = true;
    struct fact_source *sources = memory_zeros(paths->count, sizeof *sources);
    for (size_t i = 0; i < paths->count; i++)
        sources[i].path = paths->items[i];
    parallel_for(paths->count, read_facts, sources);
    for (size_t i = 0; i < paths->count; i++) {
        good = good && add_source(cache, &sources[i], error);
        arena_join(&cache->arena, &sources[i].arena);
    }
    free(sources);
    return good;
}

static struct found find_fact(struct image_cache *cache, const char *path) {
    struct found *known = map_get(&cache->by_path, path_tidy(&cache->arena, path));
    return known == NULL ? (struct found){LOOKUP_ABSENT, NULL} : *known;
}

/* --- both --- */

enum lookup image_cache_find(struct image_cache *cache, const char *path,
                             struct image_file **file) {
    struct found found = {LOOKUP_ABSENT, NULL};
    const struct found *known = map_get(&cache->by_path, path);
    if (known != NULL)
        found = *known;
    else if (cache->from_facts)
        found = find_fact(cache, path);
    else if (strlen(path) < LONGEST_PATH)
        found = find_on_disk(cache, path, 0);
    *file = found.file;
    return found.lookup;
}

/* Opens a file again that had to be closed. */
static bool reopen(struct image_file *file, struct error *error) {
    return file->file.descriptor >= 0 || file_open(file->path, &file->file, error);
}

const struct image *image_cache_image(struct image_cache *cache, struct image_file *file,
                                      struct image_slice *slice) {
    struct error error;
    if (slice->image == NULL && !slice->failed) {
        bool reopened = file->file.descriptor < 0;
        if (!reopen(file, &error) || !image_file_parse(&cache->arena, file, slice, &error)) {
            slice->failed = true;
            errors_add(&cache->errors, &error);
        }
        if (reopened)
            file_close(&file->file);
    }
    return slice->image;
}

static bool read_sizes(const struct image_file *file, struct image_slice *slice,
                       struct error *error) {
    return (slice->wants_lossless ? linkedit_sizes_read_all : linkedit_sizes_read)(
        &file->file, slice->offset, slice->image, &slice->linkedit_sizes, error);
}

bool image_cache_read_sizes(struct image_cache *cache, struct image_file *file,
                            struct image_slice *slice, struct error *error) {
    if (slice->has_linkedit_sizes)
        return true;
    bool reopened = file->file.descriptor < 0;
    slice->has_linkedit_sizes =
        !cache->from_facts && reopen(file, error) && read_sizes(file, slice, error);
    if (reopened)
        file_close(&file->file);
    return slice->has_linkedit_sizes || error_in_file(error, file->path);
}

bool image_cache_read_hardened(struct image_cache *cache, struct image_file *file,
                               struct image_slice *slice, struct error *error) {
    if (cache->from_facts)
        return true;
    bool reopened = file->file.descriptor < 0;
    bool read = reopen(file, error) && slice_read_hardened(&file->file, slice, error);
    if (reopened)
        file_close(&file->file);
    return read || error_in_file(error, file->path);
}

struct errors *image_cache_errors(struct image_cache *cache) {
    return &cache->errors;
}

struct arena *cache_arena(struct image_cache *cache) {
    return &cache->arena;
}

const struct string_list *image_cache_opened(const struct image_cache *cache) {
    return &cache->opened;
}

struct image_file *const *image_cache_files(const struct image_cache *cache, size_t *count) {
    *count = cache->files.count;
    return cache->files.items;
}

const char *image_cache_source(const struct image_cache *cache) {
    return cache->from_facts ? "facts" : "files";
}

const char *image_cache_absence(const struct image_cache *cache) {
    return cache->from_facts ? "not among the facts" : "no such file";
}
