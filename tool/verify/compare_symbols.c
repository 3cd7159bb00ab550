#include "verify/compare_symbols.h"

#include "macho/image.h"
#include "macho/load_command.h"
#include "macho/symtab.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GONE UINT32_MAX

struct symbol_match {
    const struct compared_symbols *old;
    const struct compared_symbols *new;
    const struct level *level;
    struct errors *errors;
    uint32_t *new_index; /* of each old symbol; GONE for one that is not in the new table */
    uint8_t *needed;     /* by dyld, of the old ones; NULL for none */
    size_t old_count;
    size_t new_count;
};

static void add_field(struct symbol_match *match, const char *field, const char *what) {
    struct error error;
    error_malformed(&error, field, "%s", what);
    errors_add(match->errors, &error);
}

static void add(struct symbol_match *match, const char *kind, size_t i, const char *what) {
    char field[64];
    snprintf(field, sizeof field, "%s %zu", kind, i);
    add_field(match, field, what);
}

/* The symbols of both files are numbered, and not alike. */
static void add_of_original(struct symbol_match *match, size_t i, const char *what) {
    char field[64];
    snprintf(field, sizeof field, "symbol %zu of the original", i);
    add_field(match, field, what);
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
static bool same_name(const struct symbol_match *match, uint32_t old, uint32_t new) {
    struct bytes a = name_at(match->old->pool, old), b = name_at(match->new->pool, new);
    if ((old == 0) != (new == 0))
        return false;
    return a.data != NULL && b.data != NULL && a.size == b.size &&
           memcmp(a.data, b.data, a.size) == 0;
}

static bool same_symbol(const struct symbol_match *match, size_t old_index, size_t new_index) {
    const uint8_t *old = match->old->users.table.data + old_index * NLIST_SIZE;
    const uint8_t *new = match->new->users.table.data + new_index *NLIST_SIZE;
    struct nlist before = nlist_at(match->old->users.table, old_index);
    struct nlist after = nlist_at(match->new->users.table, new_index);
    if (memcmp(old + 4, new + 4, NLIST_VALUE - 4) != 0 ||
        !same_name(match, before.string_index, after.string_index))
        return false;
    if (!nlist_has_second_name(&before))
        return before.value == after.value;
    return before.value <= UINT32_MAX && after.value <= UINT32_MAX &&
           same_name(match, (uint32_t)before.value, (uint32_t)after.value);
}

/* Matches the new symbols with the old ones in their order; false when one cannot be. */
static bool match_symbols(struct symbol_match *match) {
    size_t next = 0;
    for (size_t i = 0; i < match->old_count; i++) {
        bool same = next < match->new_count && same_symbol(match, i, next);
        match->new_index[i] = same ? (uint32_t)next++ : GONE;
    }
    if (next == match->new_count)
        return true;
    add(match, "symbol", next, "is not one of the original's, or not in its place");
    return false;
}

static bool is_needed(const struct symbol_match *match, size_t i) {
    return match->needed != NULL && match->needed[i] != 0;
}

/* The greatest use of those that are gone. False when the level or dyld keeps one of them. */
static bool find_dropped(struct symbol_match *match, enum symbol_use *dropped) {
    *dropped = SYMBOL_NONE;
    for (size_t i = 0; i < match->old_count; i++) {
        struct nlist symbol = nlist_at(match->old->users.table, i);
        const char *wrong = NULL;
        if (match->new_index[i] != GONE)
            continue;
        if (is_needed(match, i))
            wrong = "is gone, though dyld reads it";
        else if (!level_drops(match->level, nlist_use(&symbol)))
            wrong = "is gone, though the level keeps it";
        if (wrong != NULL) {
            add_of_original(match, i, wrong);
            return false;
        }
        *dropped = nlist_use(&symbol) > *dropped ? nlist_use(&symbol) : *dropped;
    }
    return true;
}

/* All symbols of a use that is dropped at all are gone, but for those that dyld reads, and of no
 * greater use, nor of one that the level keeps. */
static void judge_gone(struct symbol_match *match) {
    enum symbol_use dropped;
    if (!find_dropped(match, &dropped))
        return;
    for (size_t i = 0; i < match->old_count; i++) {
        struct nlist symbol = nlist_at(match->old->users.table, i);
        if (nlist_use(&symbol) <= dropped && match->new_index[i] != GONE && !is_needed(match, i)) {
            add(match, "symbol", match->new_index[i],
                "is still there, though others of its kind are gone: no level drops only some");
            return;
        }
    }
}

/* What an entry becomes: the symbol's new index, or the flags that stand for one that is gone. */
static uint32_t expected_indirect(const struct symbol_match *match, size_t i) {
    uint32_t old;
    if (!indirect_symbol(match->old->users.indirect, i, match->old_count, &old))
        return old;
    if (match->new_index[old] != GONE)
        return match->new_index[old];
    uint8_t type = nlist_at(match->old->users.table, old).type & N_TYPE;
    bool defined = type != N_UNDF && type != N_ABS;
    return INDIRECT_SYMBOL_LOCAL | (defined ? 0 : INDIRECT_SYMBOL_ABS);
}

static void judge_indirect(struct symbol_match *match) {
    struct bytes old = match->old->users.indirect, new = match->new->users.indirect;
    if (new.size != old.size) {
        add(match, "indirect table entry", 0, "there are not as many as before");
        return;
    }
    for (size_t i = 0; i < old.size / 4; i++)
        if (bytes_u32(new, 4 * i) != expected_indirect(match, i)) {
            add(match, "indirect table entry", i, "does not name the symbol it named");
            return;
        }
}

/* Whether it fixes the same place in the same way by the same symbol. */
static bool same_relocation(const struct symbol_match *match, size_t i) {
    uint8_t expected[EXTERNAL_RELOCATION_SIZE];
    uint32_t symbol;
    memcpy(expected, match->old->users.relocations.data + i * sizeof expected, sizeof expected);
    if (relocation_symbol(match->old->users.relocations, i, match->old_count, &symbol))
        relocation_store_symbol(expected, match->new_index[symbol]);
    return memcmp(match->new->users.relocations.data + i * sizeof expected, expected,
                  sizeof expected) == 0;
}

static void judge_relocations(struct symbol_match *match) {
    size_t size = match->old->users.relocations.size;
    if (match->new->users.relocations.size != size) {
        add(match, "external relocation", 0, "there are not as many as before");
        return;
    }
    for (size_t i = 0; i < size / EXTERNAL_RELOCATION_SIZE; i++)
        if (!same_relocation(match, i)) {
            add(match, "external relocation", i, "is not what it was");
            return;
        }
}

/* How many of the old symbols before i are left; i counts on past the table. */
static uint64_t left_before(const struct symbol_match *match, uint64_t i) {
    uint64_t left = i > match->old_count ? i - match->old_count : 0;
    for (uint64_t j = 0; j < i && j < match->old_count; j++)
        left += match->new_index[j] != GONE;
    return left;
}

/* The symbols that are left of each old group are the new group. */
static void judge_groups(struct symbol_match *match) {
    struct symbol_group old[DYSYMTAB_GROUPS], new[DYSYMTAB_GROUPS];
    if (!dysymtab_groups(match->old->users.head, old) ||
        !dysymtab_groups(match->new->users.head, new))
        return;
    for (size_t i = 0; i < DYSYMTAB_GROUPS; i++) {
        uint64_t start = left_before(match, old[i].start);
        uint64_t end = left_before(match, (uint64_t)old[i].start + old[i].count);
        if (new[i].start != (uint32_t)start || new[i].count != (uint32_t)(end - start)) {
            add(match, "LC_DYSYMTAB group", i, "does not hold what is left of the group");
            return;
        }
    }
}

void compare_symbol_tables(const struct compared_symbols *old, const struct compared_symbols *new,
                           const struct level *level, struct errors *errors) {
    struct symbol_match match = {
        .old = old,
        .new = new,
        .level = level,
        .errors = errors,
        .old_count = old->users.table.size / NLIST_SIZE,
        .new_count = new->users.table.size / NLIST_SIZE,
    };
    match.needed = dysymtab_needed(&old->users);
    match.new_index = calloc(match.old_count + 1, sizeof *match.new_index);
    if (match.new_index == NULL)
        out_of_memory();
    if (match_symbols(&match)) {
        judge_gone(&match);
        judge_indirect(&match);
        judge_relocations(&match);
        judge_groups(&match);
    }
    free(match.needed);
    free(match.new_index);
}
