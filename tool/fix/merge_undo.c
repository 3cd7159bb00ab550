#include "fix/merge_undo.h"

#include "base/file_digest.h"
#include "base/path.h"
#include "commit/journal.h"
#include "merge/part.h"
#include "merge/parts_file.h"
#include "rewrite/original.h"

#include <string.h>
#include <unistd.h>

/* One file that gets its original back. */
struct undone_file {
    const char *path;
    const char *original;
    struct replacement back;
};

struct merge_undo_state {
    struct arena *arena;
    const char *unstripped;
    struct undone_files {
        struct undone_file *items;
        size_t count;
        size_t capacity;
    } files;
    struct string_list merged; /* images and what is beside them, to be removed */
};

static bool digest_of(const char *path, uint8_t digest[SHA256_SIZE], struct error *error) {
    struct file file;
    if (!file_open(path, &file, error))
        return false;
    bool done = file_digest(&file, digest, error) || error_in_file(error, path);
    file_close(&file);
    return done;
}

static bool is_listed(const struct merge_undo_state *state, const char *path) {
    for (size_t i = 0; i < state->files.count; i++)
        if (strcmp(state->files.items[i].path, path) == 0)
            return true;
    return false;
}

/* Whether a file is of the same link as its original: a stub's UUID differs from the part's in one
 * bit, and shrinking keeps it. */
static bool is_same_link(const char *path, const char *original) {
    struct arena arena = {0};
    struct lone_image is, was;
    struct error ignored;
    bool same = lone_image_open(&arena, path, &is, &ignored);
    bool read = lone_image_open(&arena, original, &was, &ignored) && same;
    same = read && is.part.image->has_uuid && was.part.image->has_uuid &&
           memcmp(is.part.image->uuid, was.part.image->uuid, 15) == 0 &&
           (is.part.image->uuid[15] ^ was.part.image->uuid[15]) <= 1;
    lone_image_close(&is);
    lone_image_close(&was);
    arena_free(&arena);
    return same;
}

/* Nothing but what vafit wrote is taken away, and nothing but what was there put in its place. */
static bool add_file(struct merge_undo_state *state, const char *path,
                     const struct replaced_file *replaced, struct error *error) {
    uint8_t is[SHA256_SIZE], was[SHA256_SIZE];
    const char *original = original_path(state->arena, state->unstripped, path);
    if (is_listed(state, path))
        return true;
    if (!digest_of(path, is, error))
        return false;
    if (memcmp(is, replaced->original, SHA256_SIZE) == 0)
        return true;
    if (original == NULL)
        return error_io(error, path, "its original was kept nowhere");
    if (!digest_of(original, was, error))
        return false;
    if (memcmp(was, replaced->original, SHA256_SIZE) != 0)
        return error_io(error, original, "is not the original that was put aside; it stays");
    if (memcmp(is, replaced->replacement, SHA256_SIZE) != 0 && !is_same_link(path, original))
        return error_io(error, path, "was linked again since it was consolidated; it stays");
    *vector_push(state->arena, &state->files) =
        (struct undone_file){.path = path, .original = original};
    return true;
}

static bool add_merged(struct merge_undo_state *state, const struct loaded_image *loaded,
                       struct error *error) {
    struct replaced_files replaced;
    const char *path = parts_file_path(state->arena, loaded->file->path);
    const char *folder = path_folder(state->arena, loaded->file->path);
    if (!loaded->image->has_uuid || path_look(path) != PATH_FILE)
        return true;
    if (!parts_file_read(state->arena, path, loaded->image->uuid, &replaced, error))
        return false;
    for (size_t i = 0; i < replaced.count; i++)
        if (!add_file(state, path_join(state->arena, folder, replaced.items[i].path),
                      &replaced.items[i], error))
            return false;
    /* Shrinking keeps an original of the merged image too. */
    const char *kept = original_path(state->arena, state->unstripped, loaded->file->path);
    if (kept != NULL && path_look(kept) == PATH_FILE && is_same_link(loaded->file->path, kept))
        *vector_push(state->arena, &state->merged) = kept;
    *vector_push(state->arena, &state->merged) = loaded->file->path;
    *vector_push(state->arena, &state->merged) = path;
    return true;
}

static bool prepare(struct merge_undo_state *state, struct replacement *items,
                    struct error *error) {
    for (size_t i = 0; i < state->files.count; i++) {
        struct undone_file *file = &state->files.items[i];
        struct file read;
        if (!file_open(file->path, &read, error))
            return false;
        bool done = original_put_back(file->original, file->path, &read, &items[i], error);
        file_close(&read);
        if (!done)
            return false;
    }
    return true;
}

/* Merged images go last: until then programs as they are and as they were find all they load. */
static bool put_back(struct merge_undo_state *state, struct replacement *items,
                     struct error *error) {
    struct journal journal = {0};
    size_t count = state->files.count;
    bool done =
        journal_write(&journal, items, count, error) && replacements_take(items, count, error);
    replacements_keep(items, count);
    journal_end(&journal, items, count);
    for (size_t i = 0; done && i < count; i++)
        done = file_remove(state->files.items[i].original, error);
    for (size_t i = 0; done && i < state->merged.count; i++)
        done = file_remove(state->merged.items[i], error);
    return done;
}

static bool find_all(struct merge_undo_state *state, struct program *const *programs, size_t count,
                     struct error *error) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < programs[i]->images.count; j++)
            if (!add_merged(state, &programs[i]->images.items[j], error))
                return false;
    return true;
}

bool merge_undo(struct arena *arena, struct program *const *programs, size_t count,
                const char *unstripped, size_t *restored, struct errors *errors) {
    struct merge_undo_state state = {.arena = arena, .unstripped = unstripped};
    struct error error;
    struct replacement *items = NULL;
    bool done = find_all(&state, programs, count, &error);
    *restored = 0;
    if (done) {
        items = arena_take(arena, (state.files.count + 1) * sizeof *items);
        done = prepare(&state, items, &error);
        if (!done)
            replacements_discard(items, state.files.count);
    }
    done = done && (state.files.count == 0 || put_back(&state, items, &error));
    if (done)
        *restored = state.files.count;
    else
        errors_add(errors, &error);
    return done;
}
