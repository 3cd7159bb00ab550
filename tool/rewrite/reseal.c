#include "rewrite/reseal.h"

#include "base/digest.h"
#include "base/map.h"
#include "base/mapping.h"
#include "base/path.h"
#include "base/text.h"
#include "program/bundle.h"
#include "program/seal.h"
#include "rewrite/file_signatures.h"
#include "rewrite/reseal_values.h"

#include <string.h>

struct sealed_root {
    const char *path;  /* real */
    const char *shown; /* as the user would write it */
    struct bundle bundle;
    const char *executable; /* real */
    const char *seal_path;
    struct bytes text; /* of the seal, as it was */
    struct file_signatures signatures;
};

struct sealed_roots {
    struct sealed_root *items;
    size_t count;
    size_t capacity;
};

/* --- which bundles --- */

static void add_root(struct arena *arena, const char *shown, struct map *met,
                     struct sealed_roots *roots) {
    const char *real = file_real(arena, shown);
    if (map_get(met, real) != NULL)
        return;
    map_put(met, arena, real, roots);
    *vector_push(arena, roots) = (struct sealed_root){.path = real, .shown = shown};
}

/* By the path as it is spelled, and where that ends by the real one. */
static void add_roots(struct arena *arena, const char *path, struct map *met,
                      struct sealed_roots *roots) {
    for (const char *root = path; (root = bundle_sealed_root(arena, root)) != NULL;)
        add_root(arena, root, met, roots);
    for (const char *root = file_real(arena, path);
         (root = bundle_sealed_root(arena, root)) != NULL;)
        add_root(arena, root, met, roots);
}

/* Inside out: what lies deeper has the longer path. */
static void sort_roots(struct sealed_roots *roots) {
    for (size_t i = 1; i < roots->count; i++)
        for (size_t j = i; j > 0 && strlen(roots->items[j - 1].path) < strlen(roots->items[j].path);
             j--) {
            struct sealed_root root = roots->items[j];
            roots->items[j] = roots->items[j - 1];
            roots->items[j - 1] = root;
        }
}

const char *reseal_outermost(struct arena *arena, const char *path) {
    struct map met = {0};
    struct sealed_roots roots = {0};
    const struct sealed_root *outer = NULL;
    struct bundle bundle;
    struct error ignored;
    add_roots(arena, path, &met, &roots);
    for (size_t i = 0; i < roots.count; i++)
        if (outer == NULL || strlen(roots.items[i].path) < strlen(outer->path))
            outer = &roots.items[i];
    map_free(&met);
    if (outer == NULL)
        return NULL;
    (void)bundle_of_root(arena, outer->shown, &bundle, &ignored);
    return bundle.folder;
}

bool reseal_sweep(const char *path, struct error *error) {
    struct arena arena = {0};
    struct map met = {0};
    struct sealed_roots roots = {0};
    struct bundle bundle;
    struct error ignored;
    bool swept = true;
    add_roots(&arena, path, &met, &roots);
    for (size_t i = 0; swept && i < roots.count; i++)
        swept = atomic_file_sweep(bundle_seal(&arena, roots.items[i].shown), error) &&
                (!bundle_of_root(&arena, roots.items[i].shown, &bundle, &ignored) ||
                 bundle.executable == NULL || atomic_file_sweep(bundle.executable, error));
    map_free(&met);
    arena_free(&arena);
    return swept;
}

/* --- what is there --- */

static bool is_digest(const struct code_directory *directory, struct bytes bytes,
                      const uint8_t *hash) {
    uint8_t wanted[DIGEST_MOST];
    code_directory_digest(directory, bytes, wanted);
    return memcmp(wanted, hash, directory->hash_size) == 0;
}

/* Whether every CodeDirectory has the hash of the file in its slot; says what does not. */
static bool slot_fits(struct sealed_root *root, unsigned slot, struct bytes bytes,
                      struct error *error) {
    for (size_t i = 0; i < root->signatures.count; i++) {
        const struct file_directory *item = &root->signatures.items[i];
        const uint8_t *hash = file_directory_special(item, slot);
        if (hash == NULL || !is_digest(&item->directory, bytes, hash))
            return error_malformed(error, "", "%s is not what its executable was signed with",
                                   slot == CSSLOT_INFOSLOT ? "Info.plist" : "CodeResources");
    }
    return true;
}

static bool read_text(struct arena *arena, const char *path, struct bytes *bytes,
                      struct error *error) {
    char *text;
    if (!file_read_all(arena, path, SEAL_LARGEST, &text, &bytes->size, error))
        return false;
    bytes->data = (const uint8_t *)text;
    return true;
}

static bool read_root(struct arena *arena, struct sealed_root *root, struct error *error) {
    bool known = bundle_of_root(arena, root->shown, &root->bundle, error);
    if (!known && error->kind != ERROR_NONE)
        return false;
    if (!known || root->bundle.executable == NULL)
        return error_malformed(error, "", "there is no executable");
    root->executable = file_real(arena, root->bundle.executable);
    root->seal_path = bundle_seal(arena, root->path);
    return file_signatures_read(arena, root->executable, &root->signatures, error);
}

/* Whether the seal is one that can be made anew, and was true until now. */
static bool root_fits(struct arena *arena, struct sealed_root *root, struct error *error) {
    struct bytes info;
    if (!root->signatures.is_whole)
        return error_malformed(error, "", "a slice of its executable is not signed, or not known");
    return read_text(arena, root->seal_path, &root->text, error) &&
           slot_fits(root, CSSLOT_RESOURCEDIR, root->text, error) &&
           read_text(arena, root->bundle.info, &info, error) &&
           slot_fits(root, CSSLOT_INFOSLOT, info, error);
}

bool reseal_allowed(const struct string_list *paths, const char *identity, struct error *error) {
    struct arena arena = {0};
    struct map met = {0};
    struct sealed_roots roots = {0};
    struct error ignored;
    bool allowed = true;
    for (size_t i = 0; identity == NULL && i < paths->count; i++)
        add_roots(&arena, paths->items[i], &met, &roots);
    for (size_t i = 0; allowed && i < roots.count; i++) {
        struct sealed_root *root = &roots.items[i];
        if (!read_root(&arena, root, &ignored) || !root->signatures.has_identity)
            continue;
        allowed = error_malformed(error, "seal",
                                  "made by an identity; say with --identity how to sign, and seal "
                                  "the bundle again then");
        error_in_file(error, root->bundle.folder);
    }
    map_free(&met);
    arena_free(&arena);
    return allowed;
}

/* --- what changes --- */

/* The work on all bundles. */
struct reseal_state {
    struct arena *arena;
    struct resealed_files *result;
    struct map changed; /* real path -> struct replacement */
    struct map folders; /* that hold one, somewhere below */
    struct map code;    /* path of an entry -> that of its executable */
};

static void add_changed(struct reseal_state *state, struct replacement *item) {
    const char *real = file_real(state->arena, item->target);
    map_put(&state->changed, state->arena, real, item);
    for (const char *folder = path_folder(state->arena, real);
         map_get(&state->folders, folder) == NULL; folder = path_folder(state->arena, folder))
        map_put(&state->folders, state->arena, folder, state);
}

static void add_result(struct reseal_state *state, const struct replacement *item) {
    struct replacement *kept = arena_take(state->arena, sizeof *kept);
    *kept = *item;
    *vector_push(state->arena, state->result) = kept;
    add_changed(state, kept);
}

/* The file of an entry: itself, or the executable of the bundle that it is. */
static const char *file_of(struct arena *arena, const char *path) {
    struct bundle bundle;
    struct error ignored;
    if (!path_is_folder(path))
        return path;
    return bundle_read(arena, path, &bundle, &ignored) && bundle.executable != NULL
               ? file_real(arena, bundle.executable)
               : path;
}

/* Looked up once, however many entries name it. */
static const char *code_at(struct reseal_state *state, const char *path) {
    const char *known = map_get(&state->code, path);
    if (known == NULL) {
        known = file_of(state->arena, path);
        map_put(&state->code, state->arena, path, (void *)(uintptr_t)known);
    }
    return known;
}

/* The new file of what an entry is about; NULL where that does not change. */
static const struct replacement *change_of(struct reseal_state *state,
                                           const struct sealed_root *root,
                                           const struct seal_entry *entry) {
    const char *path = path_tidy(state->arena, path_join(state->arena, root->path, entry->path));
    const struct replacement *item = map_get(&state->changed, path);
    if (item != NULL || !seal_entry_is_code(entry) || map_get(&state->folders, path) == NULL)
        return item;
    return map_get(&state->changed, code_at(state, path));
}

/* A file is in two lists, and code by the name of its bundle: more would be work without end. */
static bool is_too_often(struct reseal_state *state, struct map *counts,
                         const struct replacement *item) {
    enum { MOST = 8 };
    size_t *count = map_get(counts, item->target);
    if (count == NULL) {
        count = arena_take(state->arena, sizeof *count);
        map_put(counts, state->arena, item->target, count);
    }
    return ++*count > MOST;
}

static bool change_entry(struct reseal_state *state, const struct sealed_root *root,
                         const struct seal_entry *entry, const struct replacement *item,
                         uint8_t *copy, struct error *error) {
    const struct seal_change change = {
        .entry = entry,
        .old_file = item->target,
        .new_file = item->file.path,
        .text = root->text,
        .copy = copy,
    };
    return seal_change_apply(state->arena, &change, error);
}

/* The seal with all that changes; *changes is false when nothing does. */
static bool change_text(struct reseal_state *state, const struct sealed_root *root, uint8_t *copy,
                        bool *changes, struct error *error) {
    struct seal seal;
    struct map counts = {0};
    bool changed = seal_read(state->arena, root->text, &seal, error);
    *changes = false;
    for (size_t i = 0; changed && i < seal.count; i++) {
        const struct replacement *item = change_of(state, root, &seal.items[i]);
        if (item == NULL)
            continue;
        *changes = true;
        changed = is_too_often(state, &counts, item)
                      ? error_malformed(error, "", "it has too many entries of %.400s",
                                        seal.items[i].path)
                      : change_entry(state, root, &seal.items[i], item, copy, error);
    }
    map_free(&counts);
    return changed;
}

/* --- new files --- */

static bool make_seal(struct reseal_state *state, const struct sealed_root *root,
                      const uint8_t *text, struct error *error) {
    struct atomic_file new_file;
    struct replacement item;
    struct file old;
    if (!file_open(root->seal_path, &old, error))
        return false;
    bool made = atomic_file_make(root->seal_path, &new_file, error);
    if (made && !(atomic_file_write(&new_file, 0, text, root->text.size, error) &&
                  atomic_file_finish(&new_file, &old, error))) {
        atomic_file_discard(&new_file);
        made = error_in_file(error, root->seal_path);
    }
    if (made) {
        replacement_begin_of(&item, root->seal_path, &old, &new_file);
        add_result(state, &item);
    }
    file_close(&old);
    return made;
}

/* The new executable: one that was made already, or a copy of the old one. */
static struct replacement *executable_item(struct reseal_state *state,
                                           const struct sealed_root *root, struct error *error) {
    struct replacement *item = map_get(&state->changed, root->executable), made;
    struct atomic_file new_file;
    struct file old;
    if (item != NULL)
        return item;
    if (!file_open(root->executable, &old, error))
        return NULL;
    if (atomic_file_make_copy(root->bundle.executable, &old, false, &new_file, error)) {
        replacement_begin_of(&made, root->bundle.executable, &old, &new_file);
        add_result(state, &made);
        item = map_get(&state->changed, root->executable);
    }
    file_close(&old);
    return item;
}

/* What has other names, as an original that is put back, is not changed under them. */
static bool make_own(struct replacement *item, struct error *error) {
    struct file_state was = item->was;
    struct atomic_file own;
    struct file shared;
    if (!file_open(item->file.path, &shared, error))
        return false;
    bool made = true;
    if (shared.names > 1) {
        atomic_file_discard(&item->file);
        item->is_made = false;
        made = atomic_file_make_copy(item->target, &shared, false, &own, error) &&
               atomic_file_times(&own, &shared, error);
        if (made) {
            replacement_begin(item, item->target, &own);
            item->was = was;
        }
    }
    file_close(&shared);
    return made;
}

static bool put_hash(struct replacement *item, const struct file_directory *directory,
                     struct bytes seal, bool *changed, struct error *error) {
    const uint8_t *old = file_directory_special(directory, CSSLOT_RESOURCEDIR);
    uint8_t hash[DIGEST_MOST];
    if (old == NULL || is_digest(&directory->directory, seal, old))
        return true;
    if (!*changed && !make_own(item, error))
        return false;
    *changed = true;
    code_directory_digest(&directory->directory, seal, hash);
    return atomic_file_write(&item->file,
                             file_directory_special_offset(directory, CSSLOT_RESOURCEDIR), hash,
                             directory->directory.hash_size, error);
}

/* The hash of the new seal into every CodeDirectory of the new executable. */
static bool sign_seal(struct reseal_state *state, const struct sealed_root *root, struct bytes seal,
                      struct error *error) {
    struct replacement *item = executable_item(state, root, error);
    struct file_signatures signatures;
    struct file old;
    bool changed = false;
    if (item == NULL || !file_signatures_read(state->arena, item->file.path, &signatures, error))
        return false;
    for (size_t i = 0; i < signatures.count; i++)
        if (!put_hash(item, &signatures.items[i], seal, &changed, error))
            return error_in_file(error, item->target);
    if (!changed)
        return true;
    if (!file_open(root->executable, &old, error))
        return false;
    bool finished = atomic_file_finish(&item->file, &old, error);
    file_close(&old);
    return finished || error_in_file(error, item->target);
}

/* --- all of it --- */

static void say_left(const struct sealed_root *root, const char *why) {
    text_print_line(stderr,
                    "vafit: %s: its seal is left as it is, and does not fit: %s; seal the bundle "
                    "again",
                    root->bundle.folder == NULL ? root->shown : root->bundle.folder, why);
}

static bool reseal_root(struct reseal_state *state, struct sealed_root *root, struct error *error) {
    struct error why;
    bool changes;
    if (!read_root(state->arena, root, &why)) {
        say_left(root, why.what);
        return true;
    }
    if (root->signatures.has_identity) {
        say_left(root, "an identity made it");
        return true;
    }
    if (!root_fits(state->arena, root, &why)) {
        say_left(root, why.what);
        return true;
    }
    uint8_t *copy =
        (uint8_t *)arena_copy(state->arena, (const char *)root->text.data, root->text.size);
    if (!change_text(state, root, copy, &changes, &why)) {
        say_left(root, why.what);
        return true;
    }
    const struct bytes seal = {copy, root->text.size};
    return !changes || (make_seal(state, root, copy, error) && sign_seal(state, root, seal, error));
}

bool reseal(struct arena *arena, struct replacement *items, size_t count,
            struct resealed_files *resealed, struct error *error) {
    struct reseal_state state = {.arena = arena, .result = resealed};
    struct sealed_roots roots = {0};
    struct map met = {0};
    bool done = true;
    for (size_t i = 0; i < count; i++) {
        if (!items[i].is_made || !items[i].was.is_there)
            continue;
        add_changed(&state, &items[i]);
        add_roots(arena, items[i].target, &met, &roots);
    }
    sort_roots(&roots);
    for (size_t i = 0; done && i < roots.count; i++)
        done = reseal_root(&state, &roots.items[i], error);
    map_free(&met);
    map_free(&state.changed);
    map_free(&state.folders);
    map_free(&state.code);
    return done;
}
