#include "merge/compare_merge.h"

#include "base/text.h"
#include "macho/fixup_walk.h"
#include "verify/differences.h"
#include "verify/validate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A client as it was and as it is. */
struct client_comparison {
    const struct client *client;
    const struct part *old;
    const struct part *new;
    struct differences differences;
};

/* Whether that is a name by which the new client may ask for what an old load command led to. */
static bool is_wanted(const struct client_comparison *comparison, size_t use, const char *name) {
    const struct part *old = comparison->old;
    struct merge *const *merge_of_node = comparison->client->merge_of_node;
    size_t node = old->node->loads[use];
    const struct merge *merge = node == NO_IMAGE ? NULL : merge_of_node[node];
    return merge == NULL ? strcmp(old->image->dylibs.items[use].name, name) == 0
                         : node_asks_for(old->node, merge_of_node, merge, name);
}

static bool same_dylib(const struct client_comparison *comparison, int32_t old, int32_t new) {
    const struct dylib_uses *uses = &comparison->new->image->dylibs;
    if (old < 1)
        return old == new;
    return new >= 1 && (size_t) new <= uses->count &&
           (size_t)old <= comparison->old->image->dylibs.count &&is_wanted(
                              comparison, (size_t)old - 1, uses->items[new - 1].name);
}

static bool same_fixup(const struct client_comparison *comparison, const struct fixup *old,
                       const struct fixup *new) {
    struct fixup renumbered = *new;
    if (old->kind != FIXUP_REBASE && old->kind == new->kind) {
        if (!same_dylib(comparison, old->import.ordinal, new->import.ordinal))
            return false;
        renumbered.import.ordinal = old->import.ordinal;
    }
    return fixup_same(old, &renumbered);
}

/* Both list the same pointers in the same order: only numbers have changed. */
static bool compare_part_fixups(struct client_comparison *comparison, const char *name,
                                struct error *error) {
    struct fixup_walk old_walk, new_walk;
    struct fixup old, new;
    if (!fixup_walk_begin(&old_walk, name, part_linkedit(comparison->old, name),
                          comparison->old->image, comparison->old->slice, error) ||
        !fixup_walk_begin(&new_walk, name, part_linkedit(comparison->new, name),
                          comparison->new->image, comparison->new->slice, error))
        return false;
    *error = (struct error){0};
    while (fixup_walk_next(&old_walk, &old, error)) {
        if (!fixup_walk_next(&new_walk, &new, error) || !same_fixup(comparison, &old, &new)) {
            differences_add(&comparison->differences,
                            "%s: the pointer at 0x%" PRIx64 " is bound otherwise than it was", name,
                            old.address);
            return true;
        }
    }
    if (error->kind == ERROR_NONE && fixup_walk_next(&new_walk, &new, error))
        differences_add(&comparison->differences, "%s: there are more than there were", name);
    return error->kind == ERROR_NONE;
}

static bool compare_fixup_parts(struct client_comparison *comparison, struct error *error) {
    const struct linkedit_parts *parts = &comparison->old->image->parts;
    for (size_t i = 0; i < parts->count; i++)
        if (fixup_walk_reads(parts->items[i].name) &&
            !compare_part_fixups(comparison, parts->items[i].name, error))
            return false;
    return true;
}

static bool is_rewritten(const char *part) {
    return strcmp(part, "symbol table") == 0 || strcmp(part, "code signature") == 0 ||
           fixup_walk_reads(part);
}

/* Everything but the load commands and the parts with numbers of dylibs. */
static bool may_differ(const struct client_comparison *comparison, uint64_t offset) {
    const struct linkedit_parts *parts = &comparison->old->image->parts;
    if (offset < comparison->client->head.size)
        return true;
    for (size_t i = 0; i < parts->count; i++)
        if (offset - parts->items[i].file_offset < parts->items[i].size)
            return is_rewritten(parts->items[i].name);
    return false;
}

static void compare_rest(struct client_comparison *comparison) {
    struct bytes old = comparison->old->slice, new = comparison->new->slice;
    if (old.size != new.size) {
        differences_add(&comparison->differences, "%zu bytes, were %zu", new.size, old.size);
        return;
    }
    for (size_t i = 0; i < old.size; i++)
        if (old.data[i] != new.data[i] && !may_differ(comparison, i)) {
            differences_add(&comparison->differences, "the byte at 0x%zx is 0x%02x, was 0x%02x", i,
                            new.data[i], old.data[i]);
            return;
        }
}

/* What is left of the old dylibs, and the merged images, each once. */
static void compare_dylibs(struct client_comparison *comparison) {
    const struct dylib_uses *old = &comparison->old->image->dylibs;
    const struct dylib_uses *new = &comparison->new->image->dylibs;
    for (size_t i = 0; i < old->count; i++) {
        size_t times = 0;
        for (size_t j = 0; j < new->count; j++)
            times += is_wanted(comparison, i, new->items[j].name);
        if (times != 1)
            differences_add(&comparison->differences,
                            "loads what it found as %s %zu times, should once", old->items[i].name,
                            times);
    }
}

bool compare_client(const struct client *client, const char *path, struct errors *errors) {
    struct client_comparison comparison = {
        .client = client,
        .old = &client->image,
        .differences = {.errors = errors, .field = "client"},
    };
    struct lone_image lone;
    struct arena arena = {0};
    struct error error = {0};
    size_t before = errors->count;
    bool read = lone_image_open(&arena, path, &lone, &error);
    comparison.new = &lone.part;
    if (read) {
        compare_dylibs(&comparison);
        read = compare_fixup_parts(&comparison, &error);
        compare_rest(&comparison);
        differences_end(&comparison.differences);
    }
    if (!read)
        errors_add(errors, &error);
    if (errors->count == before)
        validate_signatures(&lone.file, errors);
    lone_image_close(&lone);
    arena_free(&arena);
    return errors->count == before;
}
