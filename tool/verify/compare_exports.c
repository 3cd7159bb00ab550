#include "verify/compare_exports.h"

#include "macho/exports_trie.h"
#include "verify/differences.h"

#include <inttypes.h>
#include <string.h>

/* What of a name fits into a message. */
enum { SHOWN = 200 };

struct export_side {
    struct exports_cursor cursor;
    struct export export;
    bool there; /* false after the last export */
    struct error error;
};

struct export_merge {
    struct export_side old;
    struct export_side new;
    size_t common;              /* how many characters the two names have in common at least */
    struct world_filter filter; /* asked for the old exports; without a world none may be gone */
    struct differences differences;
};

static void step(struct export_side *side) {
    side->there = exports_trie_next(&side->cursor, &side->export, &side->error);
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Below 0 when the old name comes first, above when the new one does. Looks only at what was not
 * common to the names before, so that long names that begin alike cost nothing. */
static int order(struct export_merge *merge) {
    const struct bytes *a = &merge->old.export.name, *b = &merge->new.export.name;
    if (!merge->old.there || !merge->new.there)
        return merge->new.there - merge->old.there;
    size_t end = least(a->size, b->size);
    while (merge->common < end && a->data[merge->common] == b->data[merge->common])
        merge->common++;
    if (merge->common < end)
        return a->data[merge->common] < b->data[merge->common] ? -1 : 1;
    return a->size == b->size ? 0 : a->size < b->size ? -1 : 1;
}

static int shown(struct bytes name) {
    return (int)least(name.size, SHOWN);
}

static void compare_reexports(struct differences *differences, const struct export *old,
                              const struct export *new) {
    struct bytes old_name = old->imported.size == 0 ? old->name : old->imported;
    struct bytes new_name = new->imported.size == 0 ? new->name : new->imported;
    if (new->ordinal != old->ordinal || new_name.size != old_name.size ||
        memcmp(new_name.data, old_name.data, old_name.size) != 0)
        differences_add(differences,
                        "%.*s is %.*s of dylib %" PRIu64 ", was %.*s of dylib %" PRIu64,
                        shown(new->name), new->name.data, shown(new_name), new_name.data,
                        new->ordinal, shown(old_name), old_name.data, old->ordinal);
}

static void compare_both(struct differences *differences, const struct export *old,
                         const struct export *new) {
    int size = shown(new->name);
    const uint8_t *name = new->name.data;
    if (new->flags != old->flags)
        differences_add(differences, "%.*s has the flags 0x%x, had 0x%x", size, name, new->flags,
                        old->flags);
    else if ((new->flags &EXPORT_SYMBOL_FLAGS_REEXPORT) != 0)
        compare_reexports(differences, old, new);
    else if (new->offset != old->offset)
        differences_add(differences, "%.*s is at 0x%" PRIx64 ", was at 0x%" PRIx64, size, name,
                        new->offset, old->offset);
    else if (new->second != old->second)
        differences_add(differences, "%.*s has the resolver or table 0x%" PRIx64 ", had 0x%" PRIx64,
                        size, name, new->second, old->second);
}

/* The filter wants to see every old export. */
static bool old_stays(struct export_merge *merge) {
    return merge->filter.world == NULL || world_filter_keeps(&merge->filter, &merge->old.export);
}

/* Compares what comes next and steps past it. */
static void merge_next(struct export_merge *merge) {
    struct export_side *old = &merge->old, *new = &merge->new;
    int sign = order(merge);
    bool stays = sign > 0 || old_stays(merge);
    if (sign < 0 && stays)
        differences_add(&merge->differences, "%.*s is gone", shown(old->export.name),
                        old->export.name.data);
    else if (sign > 0)
        differences_add(&merge->differences, "%.*s is new", shown(new->export.name),
                        new->export.name.data);
    else if (sign == 0)
        compare_both(&merge->differences, &old->export, &new->export);
    if (sign <= 0) {
        step(old);
        merge->common = least(merge->common, old->export.shared);
    }
    if (sign >= 0) {
        step(new);
        merge->common = least(merge->common, new->export.shared);
    }
}

void compare_exports(struct bytes old, struct bytes new, const struct closed_world *world,
                     struct errors *errors) {
    struct export_merge merge = {.filter = {.world = world},
                                 .differences = {errors, "exports trie", 0}};
    exports_trie_start(old, &merge.old.cursor);
    exports_trie_start(new, &merge.new.cursor);
    step(&merge.old);
    step(&merge.new);
    while ((merge.old.there || merge.new.there) && merge.old.error.kind == ERROR_NONE &&
           merge.new.error.kind == ERROR_NONE)
        merge_next(&merge);
    if (!differences_unreadable(&merge.differences, &merge.old.error, &merge.new.error))
        differences_end(&merge.differences);
    exports_trie_end(&merge.old.cursor);
    exports_trie_end(&merge.new.cursor);
    world_filter_free(&merge.filter);
}
