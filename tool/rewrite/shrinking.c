#include "rewrite/shrinking.h"

#include "commit/replacement.h"
#include "rewrite/original.h"
#include "rewrite/replace.h"
#include "rewrite/rewriting.h"

#include <string.h>

const char *shrinking_original(struct arena *arena, const struct shrinking *shrinking,
                               const char *target) {
    return shrinking->level->drops_upto == SYMBOL_NONE && !shrinking->drop_unclaimed
               ? NULL
               : original_path(arena, shrinking->unstripped, target);
}

static struct shrunk sizes_of(const struct rewriting *rewriting) {
    struct shrunk sizes = {.unclaimed = rewriting->unclaimed};
    for (size_t i = 0; i < rewriting->old->slice_count; i++) {
        sizes.before += rewriting->slices[i].linkedit.bytes.size;
        sizes.after += rewriting->slices[i].packed.linkedit_size;
    }
    return sizes;
}

static struct replacing replacing_of(const struct shrinking *shrinking, const char *target) {
    return (struct replacing){
        .target = target,
        .identity = shrinking->identity,
        .verify = shrinking->verify,
        .level = shrinking->level,
        .world = shrinking->world,
        .drop_unclaimed = shrinking->drop_unclaimed,
    };
}

static bool plan(const struct shrinking *shrinking, const struct image_file *file,
                 struct rewriting *rewriting, struct shrunk *shrunk, struct error *error) {
    const struct packing packing = {.level = shrinking->level,
                                    .world = shrinking->world,
                                    .drop_unclaimed = shrinking->drop_unclaimed};
    if (!rewriting_plan(file, &packing, shrinking->identity != NULL, rewriting, error))
        return false;
    *shrunk = sizes_of(rewriting);
    if (rewriting_sign(rewriting, shrinking->jobs, error))
        return true;
    rewriting_free(rewriting);
    return false;
}

/* What was read while somebody linked it anew tells nothing. */
static bool ended(bool done, const struct image_file *file, struct error *error) {
    const struct file_stamp stamp = file_stamp_of(&file->file);
    if (!done && !file_stamp_holds(&stamp, file->path))
        replacement_is_late(error, file->path);
    return done;
}

bool shrinking_make(const struct shrinking *shrinking, const struct image_file *file,
                    const char *target, struct new_file *new_file, struct error *error) {
    const struct replacing replacing = replacing_of(shrinking, target);
    struct early_copy copy;
    struct rewriting rewriting;
    struct shrunk sizes;
    early_copy_begin(&copy, file, target, shrinking->linked);
    bool planned = plan(shrinking, file, &rewriting, &sizes, error);
    bool made = early_copy_end(&copy, planned, error) &&
                replace_make(&rewriting, &replacing, &copy, new_file, error);
    if (planned)
        rewriting_free(&rewriting);
    return ended(made, file, error);
}

/* Whether the target gets a new file: to another name that goes whatever it is, and what is as
 * small as it gets already stays the file it is. */
static bool is_needed(const struct rewriting *rewriting, const char *target, bool *needed,
                      struct error *error) {
    *needed = true;
    return strcmp(target, rewriting->old->path) != 0 ||
           rewriting_is_needed(rewriting, needed, error);
}

/* Plans while what stays is copied. */
static bool shrink_at_once(const struct shrinking *shrinking, const struct image_file *file,
                           const struct replacing *replacing, struct shrunk *shrunk,
                           struct error *error) {
    struct early_copy copy;
    struct rewriting rewriting;
    bool needed = false;
    early_copy_begin(&copy, file, replacing->target, shrinking->linked);
    bool planned = plan(shrinking, file, &rewriting, shrunk, error);
    bool done = planned && is_needed(&rewriting, replacing->target, &needed, error);
    if (early_copy_end(&copy, done && needed, error))
        done = replace_with(&rewriting, replacing, &copy, error);
    else
        done = done && !needed;
    if (planned)
        rewriting_free(&rewriting);
    return done;
}

/* Writes nothing before it is known to be needed. */
static bool shrink_in_steps(const struct shrinking *shrinking, const struct image_file *file,
                            const struct replacing *replacing, struct shrunk *shrunk,
                            struct error *error) {
    struct early_copy copy;
    struct rewriting rewriting;
    bool needed;
    if (!plan(shrinking, file, &rewriting, shrunk, error))
        return false;
    bool done = is_needed(&rewriting, replacing->target, &needed, error);
    if (done && needed) {
        early_copy_begin(&copy, file, replacing->target, shrinking->linked);
        done =
            early_copy_end(&copy, true, error) && replace_with(&rewriting, replacing, &copy, error);
    }
    rewriting_free(&rewriting);
    return done;
}

bool shrinking_do(const struct shrinking *shrinking, const struct image_file *file,
                  const char *target, struct shrunk *shrunk, struct error *error) {
    struct arena scratch = {0};
    struct replacing replacing = replacing_of(shrinking, target);
    replacing.original = shrinking_original(&scratch, shrinking, target);
    bool at_once = shrinking->linked || strcmp(target, file->path) != 0;
    bool done =
        (at_once ? shrink_at_once : shrink_in_steps)(shrinking, file, &replacing, shrunk, error);
    arena_free(&scratch);
    return ended(done, file, error);
}
