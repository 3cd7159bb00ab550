#include "rewrite/compare_symbols.h"

#include "macho/image.h"
#include "macho/load_command.h"
#include "macho/symtab.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_UNDEFINED = 0x0, N_ABSOLUTE = 0x2 };

#define GONE UINT32_MAX
#define INDIRECT_FLAGS UINT32_C(0xc0000000)
#define INDIRECT_LOCAL UINT32_C(0x80000000)

struct matching {
    const struct compared_symbols *old;
    const struct compared_symbols *new;
    const struct level *level;
    struct errors *errors;
    uint32_t *new_index; /* of each old symbol; GONE for one that is not in the new table */
    size_t old_count;
    size_t new_count;
};

static void add(struct matching *matching, const char *kind, size_t i, const char *what) {
    struct error error;
    char field[64];
    snprintf(field, sizeof field, "%s %zu", kind, i);
    error_malformed(&error, field, "%s", what);
    errors_add(matching->errors, &error);
}

/* The name at an index of a pool; its size without a NUL. */
static struct bytes name_at(struct bytes pool, uint32_t index) {
    struct bytes name = {NULL, 0};
    if (index >= pool.size)
        return name;
    const uint8_t *start = pool.data + index;
    const uint8_t *end = memchr(start, '\0', pool.size - index);
    return (struct bytes){start, end == NULL ? pool.size - index : (size_t)(end - start)};
}

/* The name of no symbol is at index 0, whatever stands there. */
static bool same_name(const struct matching *matching, uint32_t old, uint32_t new) {
    struct bytes a = name_at(matching->old->pool, old), b = name_at(matching->new->pool, new);
    if ((old == 0) != (new == 0))
        return false;
    return a.data != NULL && b.data != NULL && a.size == b.size &&
           memcmp(a.data, b.data, a.size) == 0;
}

static bool same_symbol(const struct matching *matching, size_t old_index, size_t new_index) {
    const uint8_t *old = matching->old->table.data + old_index * NLIST_SIZE;
    const uint8_t *new = matching->new->table.data + new_index *NLIST_SIZE;
    return memcmp(old + 4, new + 4, NLIST_SIZE - 4) == 0 &&
           same_name(matching, nlist_at(matching->old->table, old_index).string_index,
                     nlist_at(matching->new->table, new_index).string_index);
}

/* Matches the new symbols with the old ones in their order; false when one cannot be. */
static bool match(struct matching *matching) {
    size_t next = 0;
    for (size_t i = 0; i < matching->old_count; i++) {
        bool same = next < matching->new_count && same_symbol(matching, i, next);
        matching->new_index[i] = same ? (uint32_t)next++ : GONE;
    }
    if (next == matching->new_count)
        return true;
    add(matching, "symbol", next, "is not one of the original's, or not in its place");
    return false;
}

/* All symbols of a use that is dropped at all are gone, and of no greater use, nor of one that the
 * level keeps. */
static void judge_gone(struct matching *matching) {
    enum symbol_use dropped = SYMBOL_NONE;
    for (size_t i = 0; i < matching->old_count; i++) {
        struct nlist symbol = nlist_at(matching->old->table, i);
        if (matching->new_index[i] != GONE || nlist_use(&symbol) <= dropped)
            continue;
        dropped = nlist_use(&symbol);
        if (!level_drops(matching->level, dropped)) {
            add(matching, "symbol of the original", i, "is gone, though the level keeps it");
            return;
        }
    }
    for (size_t i = 0; i < matching->old_count; i++) {
        struct nlist symbol = nlist_at(matching->old->table, i);
        if (nlist_use(&symbol) <= dropped && matching->new_index[i] != GONE) {
            add(matching, "symbol", matching->new_index[i],
                "is still there, though others of its kind are gone: no level drops only some");
            return;
        }
    }
}

/* What an entry becomes: the symbol's new index, or the flags that stand for one that is gone. */
static uint32_t expected_indirect(const struct matching *matching, uint32_t old) {
    if ((old & INDIRECT_FLAGS) != 0 || old >= matching->old_count)
        return old;
    if (matching->new_index[old] != GONE)
        return matching->new_index[old];
    uint8_t type = nlist_at(matching->old->table, old).type & N_TYPE;
    bool defined = type != N_UNDEFINED && type != N_ABSOLUTE;
    return defined ? INDIRECT_LOCAL : INDIRECT_FLAGS;
}

static void judge_indirect(struct matching *matching) {
    size_t count = matching->old->indirect.size / 4;
    if (matching->new->indirect.size != matching->old->indirect.size) {
        add(matching, "indirect table entry", 0, "there are not as many as before");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t old = bytes_u32(matching->old->indirect, 4 * i);
        uint32_t new = bytes_u32(matching->new->indirect, 4 * i);
        if (new != expected_indirect(matching, old)) {
            add(matching, "indirect table entry", i, "does not name the symbol it named");
            return;
        }
    }
}

/* LC_DYSYMTAB of a head: where its three groups begin and how many symbols each has. */
static bool groups_of(struct bytes head, uint32_t groups[6]) {
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    struct error error;
    while (load_command_next(&walk, &command, &error)) {
        if (command.number != LC_DYSYMTAB)
            continue;
        for (size_t i = 0; i < 6; i++)
            groups[i] = bytes_u32(command.bytes, 8 + 4 * i);
        return true;
    }
    return false;
}

/* The symbols that are left of each old group are the new group. */
static void judge_groups(struct matching *matching) {
    uint32_t old[6], new[6], start = 0;
    if (!groups_of(matching->old->head, old) || !groups_of(matching->new->head, new))
        return;
    for (size_t group = 0; group < 3; group++) {
        uint32_t left = 0;
        uint64_t end = (uint64_t)old[2 * group] + old[2 * group + 1];
        for (uint64_t i = old[2 * group]; i < end && i < matching->old_count; i++)
            left += matching->new_index[i] != GONE;
        if (new[2 * group] != start || new[2 * group + 1] != left) {
            add(matching, "LC_DYSYMTAB group", group, "does not hold what is left of the group");
            return;
        }
        start += left;
    }
}

void compare_symbol_tables(const struct compared_symbols *old, const struct compared_symbols *new,
                           const struct level *level, struct errors *errors) {
    struct matching matching = {
        .old = old,
        .new = new,
        .level = level,
        .errors = errors,
        .old_count = old->table.size / NLIST_SIZE,
        .new_count = new->table.size / NLIST_SIZE,
    };
    matching.new_index = calloc(matching.old_count + 1, sizeof *matching.new_index);
    if (matching.new_index == NULL)
        out_of_memory();
    if (match(&matching)) {
        judge_gone(&matching);
        judge_indirect(&matching);
        judge_groups(&matching);
    }
    free(matching.new_index);
}
