#include "merge/compare_merge.h"

#include "base/text.h"
#include "macho/fixup_walk.h"
#include "verify/differences.h"
#include "verify/validate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that are compared at once, and how often memory is let go of. */
enum { BLOCK = 4096, RESTED = 64 << 20 };

/* A client as it was and as it is. */
struct client_comparison {
    const struct client *client;
    const struct part *old;
    const struct part *new;
    struct differences differences;
};

/* The name under which the new client should ask for what an old ordinal led to. */
static const char *wanted_name(const struct client_comparison *comparison, int32_t ordinal) {
    const struct part *old = comparison->old;
    size_t node = old->node->loads[ordinal - 1];
    const struct merge *merge = node == NO_IMAGE ? NULL : comparison->client->merge_of_node[node];
    return merge == NULL ? old->image->dylibs.items[ordinal - 1].name : merge->install_name;
}

static bool same_dylib(const struct client_comparison *comparison, int32_t old, int32_t new) {
    const struct dylib_uses *uses = &comparison->new->image->dylibs;
    if (old < 1)
        return old == new;
    return new >= 1 && (size_t) new <= uses->count &&
           (size_t)old <= comparison->old->image->dylibs.count &&strcmp(
                              uses->items[new - 1].name, wanted_name(comparison, old)) ==
               0;
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

/* Says what the first byte of a block is that may not differ and does. */
static bool block_same(struct client_comparison *comparison, size_t start, size_t size) {
    const uint8_t *old = comparison->old->slice.data, *new = comparison->new->slice.data;
    for (size_t i = start; i < start + size; i++)
        if (old[i] != new[i] && !may_differ(comparison, i)) {
            differences_add(&comparison->differences, "the byte at 0x%zx is 0x%02x, was 0x%02x", i,
                            new[i], old[i]);
            return false;
        }
    return true;
}

static void compare_rest(struct client_comparison *comparison) {
    struct bytes old = comparison->old->slice, new = comparison->new->slice;
    if (old.size != new.size) {
        differences_add(&comparison->differences, "%zu bytes, were %zu", new.size, old.size);
        return;
    }
    for (size_t at = 0; at < old.size; at += BLOCK) {
        size_t size = old.size - at < BLOCK ? old.size - at : BLOCK;
        if (memcmp(old.data + at, new.data + at, size) != 0 && !block_same(comparison, at, size))
            return;
        if (at % RESTED == 0) {
            part_rest(comparison->old);
            part_rest(comparison->new);
        }
    }
}

/* What is left of the old dylibs, and the merged images, each once. */
static void compare_dylibs(struct client_comparison *comparison) {
    const struct dylib_uses *old = &comparison->old->image->dylibs;
    const struct dylib_uses *new = &comparison->new->image->dylibs;
    for (size_t i = 0; i < old->count; i++) {
        const char *wanted = wanted_name(comparison, (int32_t)i + 1);
        size_t times = 0;
        for (size_t j = 0; j < new->count; j++)
            times += strcmp(new->items[j].name, wanted) == 0;
        if (times != 1)
            differences_add(&comparison->differences, "loads %s %zu times, should once", wanted,
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
