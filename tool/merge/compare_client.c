#include "merge/compare_merge.h"

#include "base/text.h"
#include "macho/code_signature.h"
#include "macho/exports_trie.h"
#include "macho/fixup_walk.h"
#include "macho/symtab.h"
#include "verify/compare_signature.h"
#include "verify/differences.h"
#include "verify/validate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ORDINAL_SHIFT = 8 };
/* Bytes that are compared at once, and how often memory is let go of. */
enum { BLOCK = 4096, RESTED = 64 << 20 };

/* A client as it was and as it is. */
struct client_comparison {
    const struct client *client;
    const struct part *old;
    const struct part *new;
    uint64_t signature_at; /* where an identity has signed anew; UINT64_MAX without */
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
    return client_rewrites(part) || strcmp(part, "code signature") == 0;
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
    if (comparison->signature_at < new.size)
        old.size = new.size = (size_t)comparison->signature_at;
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

/* How often the new client should load what the old one loads by that command: ld64.lld names a
 * dylib twice that it re-exports. */
static size_t wanted_times(const struct client_comparison *comparison, size_t use) {
    const struct part *old = comparison->old;
    size_t node = old->node->loads[use], times = 0;
    if (node != NO_IMAGE && comparison->client->merge_of_node[node] != NULL)
        return 1;
    for (size_t i = 0; i < old->image->dylibs.count; i++)
        times += is_wanted(comparison, use, old->image->dylibs.items[i].name);
    return times;
}

/* What is left of the old dylibs, and the merged images, each once. */
static void compare_dylibs(struct client_comparison *comparison) {
    const struct dylib_uses *old = &comparison->old->image->dylibs;
    const struct dylib_uses *new = &comparison->new->image->dylibs;
    for (size_t i = 0; i < old->count; i++) {
        size_t times = 0;
        for (size_t j = 0; j < new->count; j++)
            times += is_wanted(comparison, i, new->items[j].name);
        size_t wanted = wanted_times(comparison, i);
        if (times != wanted)
            differences_add(&comparison->differences,
                            "loads what it found as %s %zu times, should %zu times",
                            old->items[i].name, times, wanted);
    }
}

/* --- exports --- */

static bool same_bytes(struct bytes a, struct bytes b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool same_export(const struct client_comparison *comparison, const struct export *old,
                        const struct export *new) {
    bool numbered = old->ordinal_at != NULL && old->ordinal >= 1 &&
                    old->ordinal <= comparison->old->image->dylibs.count;
    return same_bytes(old->name, new->name) && old->flags == new->flags &&
           old->offset == new->offset &&
           old->second == new->second &&same_bytes(old->imported, new->imported) &&
           (numbered ? new->ordinal <= INT32_MAX &&same_dylib(comparison, (int32_t)old->ordinal,
                                                              (int32_t) new->ordinal)
                     : old->ordinal == new->ordinal);
}

/* Both have the same names in the same order. */
static void compare_exports_trie(struct client_comparison *comparison) {
    struct exports_cursor cursors[2];
    struct export old, new;
    struct error error = {0};
    exports_trie_start(part_linkedit(comparison->old, "exports trie"), &cursors[0]);
    exports_trie_start(part_linkedit(comparison->new, "exports trie"), &cursors[1]);
    while (exports_trie_next(&cursors[0], &old, &error))
        if (!exports_trie_next(&cursors[1], &new, &error) || !same_export(comparison, &old, &new)) {
            differences_add(&comparison->differences, "export %.*s is not what it was",
                            (int)(old.name.size < 200 ? old.name.size : 200), old.name.data);
            break;
        }
    if (error.kind != ERROR_NONE)
        errors_add(comparison->differences.errors, &error);
    exports_trie_end(&cursors[0]);
    exports_trie_end(&cursors[1]);
}

/* --- symbols --- */

/* All but the numbers of dylibs is as it was. */
static bool same_symbol(const struct client_comparison *comparison, struct bytes old,
                        struct bytes new, size_t number) {
    struct nlist was = nlist_at(old, number), is = nlist_at(new, number);
    int32_t old_ordinal = was.description >> ORDINAL_SHIFT;
    int32_t new_ordinal = is.description >> ORDINAL_SHIFT;
    bool numbered = (was.type & N_STAB) == 0 && (was.type & N_TYPE) == N_UNDF && old_ordinal >= 1 &&
                    (size_t)old_ordinal <= comparison->old->image->dylibs.count;
    if (was.string_index != is.string_index || was.type != is.type || was.section != is.section ||
        was.value != is.value)
        return false;
    if (!numbered)
        return was.description == is.description;
    return (uint8_t)was.description == (uint8_t)is.description &&
           same_dylib(comparison, old_ordinal, new_ordinal);
}

static void compare_symbol_table(struct client_comparison *comparison) {
    struct bytes old = part_linkedit(comparison->old, "symbol table");
    struct bytes new = part_linkedit(comparison->new, "symbol table");
    for (size_t i = 0; i < old.size / NLIST_SIZE && i < new.size / NLIST_SIZE; i++)
        if (!same_symbol(comparison, old, new, i))
            differences_add(&comparison->differences, "symbol %zu is not what it was", i);
}

/* --- load commands --- */

/* What of a load command may be of another size when somebody has signed anew. */
static bool same_but_for_signature(struct bytes old, struct bytes new) {
    enum { DATA_SIZE = 12, VM_SIZE = 32, FILE_SIZE = 48 };
    uint32_t number = bytes_u32(old, 0);
    for (size_t i = 0; i < old.size; i++) {
        bool of_signature = number == LC_CODE_SIGNATURE && i - DATA_SIZE < 4;
        bool of_segment = number == LC_SEGMENT_64 && (i - VM_SIZE < 8 || i - FILE_SIZE < 8) &&
                          memcmp(old.data + 8, "__LINKEDIT", 11) == 0;
        if (old.data[i] != new.data[i] && !of_signature && !of_segment)
            return false;
    }
    return true;
}

static bool same_command(const struct client_comparison *comparison, struct bytes old,
                         struct bytes new) {
    if (old.size != new.size)
        return false;
    return comparison->signature_at == UINT64_MAX ? memcmp(old.data, new.data, old.size) == 0
                                                  : same_but_for_signature(old, new);
}

/* Whether a load command of the new client names a merged image, or one of the old a part. */
static bool names_merged(const struct client_comparison *comparison, const struct part *part,
                         size_t use) {
    struct merge *const *merge_of_node = comparison->client->merge_of_node;
    const struct graph_node *old = comparison->old->node;
    const char *name = part->image->dylibs.items[use].name;
    for (size_t i = 0; i < old->image->dylibs.count; i++) {
        const struct merge *merge = old->loads[i] == NO_IMAGE ? NULL : merge_of_node[old->loads[i]];
        if (merge != NULL &&
            (part == comparison->old ? i == use : node_asks_for(old, merge_of_node, merge, name)))
            return true;
    }
    return false;
}

/* A merged image is re-exported where one of its parts was, weak or upward where all were. */
static void compare_kind(struct client_comparison *comparison, const struct dylib_use *new) {
    const struct part *old = comparison->old;
    bool reexport = false, weak = true, upward = true;
    for (size_t i = 0; i < old->image->dylibs.count; i++) {
        const struct dylib_use *use = &old->image->dylibs.items[i];
        if (!is_wanted(comparison, i, new->name))
            continue;
        reexport |= use->reexport;
        weak &= use->weak;
        upward &= use->upward;
    }
    if (new->reexport != reexport || new->weak != (weak && !reexport) ||
        new->upward != (upward && !weak && !reexport))
        differences_add(&comparison->differences, "does not load %s as it loaded its parts",
                        new->name);
}

static void compare_kinds(struct client_comparison *comparison) {
    const struct dylib_uses *new = &comparison->new->image->dylibs;
    for (size_t i = 0; i < new->count; i++)
        if (names_merged(comparison, comparison->new, i))
            compare_kind(comparison, &new->items[i]);
}

/* One of the two, whose load commands are looked at in step. */
struct command_side {
    const struct part *part;
    struct load_command_walk walk;
    struct load_command command;
    size_t use; /* of the next command that names a dylib */
};

static struct command_side command_side(const struct part *part) {
    return (struct command_side){.part = part, .walk = image_commands(part->head)};
}

/* The next command that names no merged image; false at the end. */
static bool next_other(const struct client_comparison *comparison, struct command_side *side) {
    struct error ignored;
    while (load_command_next(&side->walk, &side->command, &ignored))
        if (!dylib_use_is(side->command.number) ||
            !names_merged(comparison, side->part, side->use++))
            return true;
    return false;
}

/* All that names no merged image is as it was, and in its order. */
static void compare_commands(struct client_comparison *comparison) {
    struct command_side old = command_side(comparison->old), new = command_side(comparison->new);
    char name[16];
    while (next_other(comparison, &old)) {
        if (!next_other(comparison, &new) ||
            !same_command(comparison, old.command.bytes, new.command.bytes)) {
            differences_add(&comparison->differences, "%s is not as it was",
                            load_command_name(old.command.number, name));
            return;
        }
    }
    if (next_other(comparison, &new))
        differences_add(&comparison->differences, "%s was not there",
                        load_command_name(new.command.number, name));
}

/* --- the signature --- */

static void compare_client_signature(struct client_comparison *comparison) {
    struct bytes was = part_linkedit(comparison->old, "code signature");
    struct bytes is = part_linkedit(comparison->new, "code signature");
    struct code_signature old, new;
    struct error error;
    if (was.size == 0 && is.size == 0)
        return;
    if (code_signature_parse(was, &old, &error) && code_signature_parse(is, &new, &error))
        compare_signature(&old, &new, comparison->differences.errors);
    else
        errors_add(comparison->differences.errors, &error);
}

static uint64_t signature_of(const struct part *old) {
    const struct linkedit_parts *parts = &old->image->parts;
    for (size_t i = 0; part_has_identity(old) && i < parts->count; i++)
        if (strcmp(parts->items[i].name, "code signature") == 0)
            return parts->items[i].file_offset;
    return UINT64_MAX;
}

bool compare_client(const struct client *client, const char *path, struct errors *errors) {
    struct client_comparison comparison = {
        .client = client,
        .old = &client->image,
        .signature_at = signature_of(&client->image),
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
        compare_kinds(&comparison);
        compare_symbol_table(&comparison);
        compare_exports_trie(&comparison);
        compare_commands(&comparison);
        compare_client_signature(&comparison);
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
