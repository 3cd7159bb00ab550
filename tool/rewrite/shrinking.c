#include "rewrite/shrinking.h"

#include "rewrite/replace.h"
#include "rewrite/rewriting.h"
#include "rewrite/twin.h"

#include <string.h>

const char *shrinking_twin(struct arena *arena, const struct shrinking *shrinking,
                           const char *target) {
    return shrinking->level->drops_upto == SYMBOL_NONE
               ? NULL
               : twin_path(arena, shrinking->unstripped, target);
}

static struct shrunk sizes_of(const struct rewriting *rewriting) {
    struct shrunk sizes = {0};
    for (size_t i = 0; i < rewriting->old->slice_count; i++) {
        sizes.before += rewriting->slices[i].linkedit.bytes.size;
        sizes.after += rewriting->slices[i].packed.linkedit_size;
    }
    return sizes;
}

static bool replace(const struct shrinking *shrinking, struct rewriting *rewriting,
                    const char *target, struct error *error) {
    struct arena scratch = {0};
    const struct replacing replacing = {
        .target = target,
        .unstripped = shrinking_twin(&scratch, shrinking, target),
        .identity = shrinking->identity,
        .verify = shrinking->verify,
        .level = shrinking->level,
        .world = shrinking->world,
    };
    bool replaced = replace_with(rewriting, &replacing, error);
    arena_free(&scratch);
    return replaced;
}

bool shrinking_make(const struct shrinking *shrinking, const struct image_file *file,
                    const char *target, struct new_file *new_file, struct shrunk *shrunk,
                    struct error *error) {
    struct rewriting rewriting;
    const struct replacing replacing = {
        .target = target,
        .identity = shrinking->identity,
        .verify = shrinking->verify,
        .level = shrinking->level,
        .world = shrinking->world,
    };
    const struct packing packing = {.level = shrinking->level, .world = shrinking->world};
    if (!rewriting_plan(file, &packing, shrinking->identity != NULL, &rewriting, error))
        return false;
    *shrunk = sizes_of(&rewriting);
    bool made = rewriting_sign(&rewriting, shrinking->jobs, error) &&
                replace_make(&rewriting, &replacing, new_file, error);
    rewriting_free(&rewriting);
    return made;
}

bool shrinking_do(const struct shrinking *shrinking, const struct image_file *file,
                  const char *target, struct shrunk *shrunk, struct error *error) {
    struct rewriting rewriting;
    bool needed;
    const struct packing packing = {.level = shrinking->level, .world = shrinking->world};
    if (!rewriting_plan(file, &packing, shrinking->identity != NULL, &rewriting, error))
        return false;
    *shrunk = sizes_of(&rewriting);
    bool done = rewriting_sign(&rewriting, shrinking->jobs, error) &&
                rewriting_is_needed(&rewriting, &needed, error);
    /* What is as small as it gets already stays the file it is. */
    if (done && (needed || strcmp(target, file->path) != 0))
        done = replace(shrinking, &rewriting, target, error);
    rewriting_free(&rewriting);
    return done;
}
