#include "fix/undo.h"

#include "base/atomic_file.h"
#include "base/memory.h"
#include "base/path.h"
#include "commit/journal.h"
#include "rewrite/original.h"
#include "rewrite/reseal.h"

#include <string.h>
#include <unistd.h>

/* One original, and what becomes of it. */
struct original {
    const char *path;
    const struct predicted_file
        *item;          /* the file it is the original of; NULL while none is known */
    bool is_itself;     /* only another name of the file, as an ended fix leaves it */
    struct error error; /* why it is not of the last file that was asked */
};

struct undo_state {
    struct arena *arena;
    struct original *items;
    size_t count;
    size_t capacity;
};

static bool is_of(const struct predicted_file *item, const char *path, struct error *error) {
    struct image_file file;
    if (item->refusal.kind != ERROR_NONE) {
        *error = item->refusal;
        return false;
    }
    if (!predicted_file_open(item, &file, error))
        return false;
    bool is_of = original_is_of(path, &file);
    file_close(&file.file);
    if (is_of)
        return true;
    error_malformed(error, "", "%s was not made from it, which stays", file.path);
    return error_in_file(error, path);
}

/* The entry of the original at `path`: in one folder several files may have one of that name. */
static struct original *original_at(struct undo_state *state, const char *path) {
    for (size_t i = 0; i < state->count; i++)
        if (strcmp(state->items[i].path, path) == 0)
            return &state->items[i];
    struct original *original = vector_push(state->arena, state);
    *original = (struct original){.path = path};
    return original;
}

static void find_original(struct undo_state *state, const struct predicted_file *item,
                          const char *unstripped) {
    const char *path = original_path(state->arena, unstripped, item->file->path);
    if (path == NULL || path_look(path) == PATH_ABSENT)
        return;
    struct original *original = original_at(state, path);
    if (original->item != NULL)
        return;
    original->is_itself = original_is_itself(path, item->file->path);
    if (original->is_itself || is_of(item, path, &original->error))
        original->item = item;
}

static bool remove_originals(const struct undo_state *state, bool are_themselves,
                             struct error *error) {
    bool done = true;
    for (size_t i = 0; done && i < state->count; i++) {
        const struct original *original = &state->items[i];
        if (original->item == NULL || original->is_itself != are_themselves)
            continue;
        done = are_themselves
                   ? original_remove_itself(original->path, original->item->file->path, error)
                   : unlink(original->path) == 0 ||
                         error_errno(error, original->path, "cannot remove");
    }
    return done;
}

/* The seals of the originals, which are what they were when all are back. */
static bool add_seals(struct undo_state *state, struct replacement **items, size_t *count,
                      struct error *error) {
    struct resealed_files seals = {0};
    bool sealed = reseal(state->arena, *items, *count, &seals, error);
    struct replacement *all = arena_take(state->arena, (*count + seals.count + 1) * sizeof *all);
    memcpy(all, *items, *count * sizeof *all);
    for (size_t i = 0; i < seals.count; i++)
        all[(*count)++] = *seals.items[i];
    *items = all;
    return sealed;
}

/* Steps journal, take, clean and remove: one journal for all. The originals go when all files have
 * them, no old file waits to be given back any more, and the journal still keeps other runs away.
 */
static bool put_back(struct undo_state *state, struct replacement *items, size_t count,
                     struct error *error) {
    struct journal journal = {0};
    bool done = add_seals(state, &items, &count, error) &&
                journal_write(&journal, items, count, error) &&
                replacements_take(items, count, error);
    replacements_keep(items, count);
    if (done && !replacements_are_clean(items, count))
        done = error_io(error, items[0].target,
                        "is the original again, but old files are left; "
                        "run vafit fix --undo once more");
    done = done && remove_originals(state, false, error);
    journal_end(&journal, items, count);
    return done && remove_originals(state, true, error);
}

/* What ended runs left goes first: it may be a further name of the original too. */
static bool add_all(struct replacement *back, struct string_list names, const char *source,
                    const struct file *read, size_t *count, struct error *error) {
    for (size_t i = 0; i < names.count; i++)
        if (!atomic_file_sweep(names.items[i], error))
            return false;
    for (size_t i = 0; i < names.count; i++) {
        if (!original_put_back(source, names.items[i], read, &back[*count], error))
            return false;
        ++*count;
    }
    return true;
}

static void remove_folders(const struct predictions *predictions, struct arena *arena) {
    for (size_t i = 0; i < predictions->plan.file_count; i++)
        original_remove_folders(original_path(arena, NULL, predictions->files[i].file->path));
}

bool undo_fix(const struct predictions *predictions, const char *unstripped, size_t *restored,
              struct errors *errors) {
    struct arena arena = {0};
    struct undo_state state = {.arena = &arena};
    struct replacement *items;
    size_t before = errors->count, count = 0, names = 0;
    struct error error;
    bool done = true;
    for (size_t i = 0; done && i < predictions->plan.file_count; i++) {
        done = reseal_sweep(predictions->files[i].file->path, &error);
        find_original(&state, &predictions->files[i], unstripped);
        names += 1 + predictions->files[i].file->names.count;
    }
    items = arena_take(&arena, (names + 1) * sizeof *items);
    *restored = 0;
    for (size_t i = 0; i < state.count && done; i++) {
        const struct original *original = &state.items[i];
        if (original->item == NULL) {
            errors_add(errors, &original->error);
            continue;
        }
        if (original->is_itself)
            continue;
        struct image_file file;
        done = predicted_file_open(original->item, &file, &error);
        if (!done)
            break;
        done = add_all(items, predicted_file_names(&arena, original->item->file), original->path,
                       &file.file, &count, &error);
        file_close(&file.file);
        ++*restored;
    }
    if (done)
        done = put_back(&state, items, count, &error);
    else
        replacements_discard(items, count);
    if (!done)
        errors_add(errors, &error);
    if (unstripped == NULL)
        remove_folders(predictions, &arena);
    arena_free(&arena);
    return errors->count == before;
}
