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
    const char *real; /* its one spelling */
    const char *original;
    struct replacement back;
};

/* What a merged image says of a file that was replaced for it. */
struct listed_file {
    const char *path;
    const char *real; /* its one spelling */
    struct replaced_file replaced;
};

struct merge_undo_state {
    struct arena *arena;
    const char *unstripped;
    struct listed_files {
        struct listed_file *items;
        size_t count;
        size_t capacity;
    } listed;
    struct undone_files {
        struct undone_file *items;
        size_t count;
        size_t capacity;
    } files;
    struct listed_files idle;  /* their originals are only other names of them */
    struct string_list merged; /* images and what is beside them, to be removed */
};

static bool is_added(const struct merge_undo_state *state, const char *real) {
    for (size_t i = 0; i < state->files.count; i++)
        if (strcmp(state->files.items[i].real, real) == 0)
            return true;
    return false;
}

/* Whether a file is of the same link as its original. */
static bool is_same_link(const char *path, const char *original) {
    struct arena arena = {0};
    struct lone_image is, was;
    struct error ignored;
    bool same = lone_image_open(&arena, path, &is, &ignored);
    bool read = lone_image_open(&arena, original, &was, &ignored) && same;
    same = read && is.part.image->has_uuid && was.part.image->has_uuid &&
           original_is_of_link(was.part.image->uuid, is.part.image->uuid);
    lone_image_close(&is);
    lone_image_close(&was);
    arena_free(&arena);
    return same;
}

/* A file that was replaced for several merged images, one after the other, is what it was made for
 * the last. */
static bool is_written_by_us(const struct merge_undo_state *state, const char *real,
                             const uint8_t is[SHA256_SIZE]) {
    for (size_t i = 0; i < state->listed.count; i++)
        if (strcmp(state->listed.items[i].real, real) == 0 &&
            memcmp(is, state->listed.items[i].replaced.replacement, SHA256_SIZE) == 0)
            return true;
    return false;
}

/* Nothing but what vafit wrote is taken away, and nothing but what was there put in its place. */
static bool add_file(struct merge_undo_state *state, const struct listed_file *file,
                     struct error *error) {
    uint8_t is[SHA256_SIZE], was[SHA256_SIZE];
    const char *path = file->path;
    const char *original = original_path(state->arena, state->unstripped, path);
    if (is_added(state, file->real))
        return true;
    if (!file_digest_at(path, is, error))
        return false;
    if (memcmp(is, file->replaced.original, SHA256_SIZE) == 0) {
        if (original != NULL && original_is_itself(original, path))
            *vector_push(state->arena, &state->idle) = *file;
        return true;
    }
    if (original == NULL)
        return error_io(error, path, "its original was kept nowhere");
    if (!file_digest_at(original, was, error))
        return false;
    if (memcmp(was, file->replaced.original, SHA256_SIZE) != 0)
        return error_io(error, original, "is not the original that was put aside; it stays");
    if (!is_written_by_us(state, file->real, is) && !is_same_link(path, original))
        return error_io(error, path, "was linked again since it was consolidated; it stays");
    *vector_push(state->arena, &state->files) =
        (struct undone_file){.path = path, .real = file->real, .original = original};
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
    for (size_t i = 0; i < replaced.count; i++) {
        const char *listed = path_join(state->arena, folder, replaced.items[i].path);
        *vector_push(state->arena, &state->listed) =
            (struct listed_file){listed, file_real(state->arena, listed), replaced.items[i]};
    }
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
static bool remove_all(const struct merge_undo_state *state, struct error *error) {
    bool done = true;
    for (size_t i = 0; done && i < state->files.count; i++)
        done = file_remove(state->files.items[i].original, error);
    for (size_t i = 0; done && i < state->merged.count; i++)
        done = file_remove(state->merged.items[i], error);
    return done;
}

/* Steps journal, take, clean and remove. */
static bool put_back(struct merge_undo_state *state, struct replacement *items,
                     struct error *error) {
    struct journal journal = {0};
    size_t count = state->files.count;
    bool done =
        journal_write(&journal, items, count, error) && replacements_take(items, count, error);
    replacements_keep(items, count);
    if (done && !replacements_are_clean(items, count))
        done = error_io(error, items[0].target,
                        "is the original again, but old files are left; "
                        "run vafit consolidate --undo once more");
    done = done && remove_all(state, error);
    journal_end(&journal, items, count);
    return done;
}

/* What a run left that was ended after it had put some originals back. */
static bool remove_idle(const struct merge_undo_state *state, struct error *error) {
    bool done = true;
    for (size_t i = 0; done && i < state->idle.count; i++) {
        const char *path = state->idle.items[i].path;
        done = original_remove_itself(original_path(state->arena, state->unstripped, path), path,
                                      error);
    }
    return done;
}

static bool find_all(struct merge_undo_state *state, struct program *const *programs, size_t count,
                     struct error *error) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < programs[i]->images.count; j++)
            if (!add_merged(state, &programs[i]->images.items[j], error))
                return false;
    for (size_t i = 0; i < state->listed.count; i++)
        if (!add_file(state, &state->listed.items[i], error))
            return false;
    return true;
}

static bool goes(const struct merge_undo_state *state, const char *path) {
    for (size_t i = 0; i < state->merged.count; i++)
        if (strcmp(state->merged.items[i], path) == 0)
            return true;
    return false;
}

/* Whatever asks for a merged image that goes has to go, or get its original back. */
static bool is_done_without(const struct merge_undo_state *state, const struct program *program,
                            const struct loaded_image *loaded, struct error *error) {
    const char *path = loaded->file->path;
    if (goes(state, path) || is_added(state, file_real(state->arena, path)))
        return true;
    for (size_t i = 0; i < loaded->loads.count; i++) {
        const char *merged = program->images.items[loaded->loads.items[i].target].file->path;
        if (goes(state, merged))
            return error_io(error, path,
                            "loads %s, and %s has no original of it; all stays as it is", merged,
                            parts_file_path(state->arena, merged));
    }
    return true;
}

static bool are_done_without(const struct merge_undo_state *state, struct program *const *programs,
                             size_t count, struct error *error) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < programs[i]->images.count; j++)
            if (!is_done_without(state, programs[i], &programs[i]->images.items[j], error))
                return false;
    return true;
}

bool merge_undo(struct arena *arena, struct program *const *programs, size_t count,
                const char *unstripped, size_t *restored, struct errors *errors) {
    struct merge_undo_state state = {.arena = arena, .unstripped = unstripped};
    struct error error;
    struct replacement *items = NULL;
    bool done = find_all(&state, programs, count, &error) &&
                (state.files.count == 0 || are_done_without(&state, programs, count, &error));
    *restored = 0;
    if (done) {
        items = arena_take(arena, (state.files.count + 1) * sizeof *items);
        done = prepare(&state, items, &error);
        if (!done)
            replacements_discard(items, state.files.count);
    }
    done = done && (state.files.count == 0 || put_back(&state, items, &error));
    done = done && remove_idle(&state, &error);
    if (done)
        *restored = state.files.count;
    else
        errors_add(errors, &error);
    return done;
}
