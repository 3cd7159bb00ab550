#include "merge/compare_merged_symbols.h"

#include "base/name_set.h"
#include "macho/dysymtab.h"
#include "macho/symtab.h"
#include "merge/lookup.h"

#include <string.h>

struct symbol_side {
    struct bytes table; /* nlist_64 entries */
    struct bytes pool;
    size_t count;
};

/* Groups in which symbols of parts are looked for: local ones with stabs, and exported ones. */
enum { SOUGHT_GROUPS = 2 };

struct symbol_comparison {
    struct symbol_side merged;
    size_t next[SOUGHT_GROUPS]; /* where each group goes on */
    struct name_set all;        /* hashes of all symbols of the merged image, once it is needed */
    struct differences *differences;
};

static struct symbol_side side_of(const struct part *image) {
    struct symbol_side side = {.table = part_linkedit(image, "symbol table"),
                               .pool = part_linkedit(image, "string pool")};
    side.count = side.table.size / NLIST_SIZE;
    return side;
}

/* Without its NUL; to the pool's end where it has none. */
static struct bytes name_at(const struct symbol_side *side, uint32_t index) {
    if (index >= side->pool.size)
        return (struct bytes){side->pool.data, 0};
    const uint8_t *start = side->pool.data + index;
    const uint8_t *end = memchr(start, '\0', side->pool.size - index);
    return (struct bytes){start, end == NULL ? side->pool.size - index : (size_t)(end - start)};
}

static bool has_name(const struct symbol_side *side, uint32_t index, struct bytes name) {
    if (!range_within(index, name.size, side->pool.size) ||
        memcmp(side->pool.data + index, name.data, name.size) != 0)
        return false;
    return index + name.size == side->pool.size || side->pool.data[index + name.size] == '\0';
}

static uint8_t type_of(const struct nlist *symbol) {
    return symbol->type & (uint8_t)~N_EXT;
}

/* What a symbol of the side means: of another name (N_INDR) the value is the hash of the second. */
static struct nlist meaning_of(const struct symbol_side *side, size_t i) {
    struct nlist symbol = nlist_at(side->table, i);
    if (nlist_has_second_name(&symbol) && symbol.value <= UINT32_MAX)
        symbol.value = name_hash(name_at(side, (uint32_t)symbol.value));
    return symbol;
}

/* A symbol as a number: two that differ and have one hash pass for the same. */
static uint64_t symbol_hash(const struct nlist *symbol, struct bytes name) {
    uint64_t hash = name_hash_add(NAME_HASH_START, type_of(symbol));
    for (unsigned i = 0; i < 8; i++)
        hash = name_hash_add(hash, (uint8_t)(symbol->value >> 8 * i));
    for (size_t i = 0; i < name.size; i++)
        hash = name_hash_add(hash, name.data[i]);
    return hash;
}

static void hash_all(struct symbol_comparison *comparison) {
    const struct symbol_side *merged = &comparison->merged;
    for (size_t i = 0; i < merged->count; i++) {
        struct nlist symbol = meaning_of(merged, i);
        if (symbol.string_index < merged->pool.size)
            name_set_add(&comparison->all,
                         symbol_hash(&symbol, name_at(merged, symbol.string_index)));
    }
    name_set_seal(&comparison->all);
}

/* A re-export of what the merged image has itself, or an undefined symbol, is gone. */
static bool is_gone(const struct merge *merge, size_t number, const struct symbol_side *side,
                    const struct nlist *symbol) {
    struct merged_lookup found;
    if (!nlist_has_second_name(symbol))
        return (symbol->type & (N_STAB | N_TYPE)) == N_UNDF;
    struct bytes name = name_at(side, symbol->string_index);
    if (name.data + name.size == side->pool.data + side->pool.size)
        return false;
    const struct definition *definition =
        definitions_find_in(&merge->definitions, (const char *)name.data, number);
    return definition != NULL && definition_is_reexport(definition) &&
           merge_follow(merge, definition, &found) && found.definition != NULL;
}

/* A symbol of a part as the merged image should have it; false for one that it does not have. */
static bool moved(const struct merge *merge, size_t number, const struct symbol_side *side,
                  size_t i, struct nlist *symbol) {
    *symbol = meaning_of(side, i);
    if (nlist_has_address(symbol))
        symbol->value = merge_address(&merge->parts[number], symbol->value);
    return !is_gone(merge, number, side, symbol);
}

/* Whether the next symbol of a group is this one, as it should be in the merged image. */
static bool is_next(struct symbol_comparison *comparison, size_t group, const struct nlist *wanted,
                    struct bytes name) {
    const struct symbol_side *merged = &comparison->merged;
    size_t i = comparison->next[group];
    if (i >= merged->count)
        return false;
    struct nlist found = meaning_of(merged, i);
    bool same = found.value == wanted->value && type_of(&found) == type_of(wanted) &&
                has_name(merged, found.string_index, name);
    comparison->next[group] += same;
    return same;
}

static bool is_there(struct symbol_comparison *comparison, const struct nlist *wanted,
                     struct bytes name) {
    bool is_external = (wanted->type & (N_STAB | N_EXT)) == N_EXT;
    if ((is_external && is_next(comparison, 1, wanted, name)) ||
        is_next(comparison, 0, wanted, name))
        return true;
    if (comparison->all.count == 0)
        hash_all(comparison);
    return name_set_has(&comparison->all, symbol_hash(wanted, name));
}

static void compare_part(struct symbol_comparison *comparison, const struct merge *merge,
                         size_t number) {
    const struct part *part = &merge->parts[number];
    struct symbol_side side = side_of(part);
    for (size_t i = 0; i < side.count; i++) {
        struct nlist symbol;
        if (!moved(merge, number, &side, i, &symbol))
            continue;
        struct bytes name = name_at(&side, symbol.string_index);
        if (!is_there(comparison, &symbol, name))
            differences_add(comparison->differences,
                            "%s: symbol %zu, %.*s, is not in the merged image",
                            part->node->file->path, i, (int)name.size, (const char *)name.data);
    }
}

/* What is left of the symbols is a part's. */
static void compare_left(struct symbol_comparison *comparison, const struct merge *merge) {
    const struct symbol_side *merged = &comparison->merged;
    for (size_t i = 0; i < merge->part_count; i++) {
        struct symbol_side side = side_of(&merge->parts[i]);
        struct nlist symbol;
        for (size_t j = 0; j < side.count; j++)
            if (moved(merge, i, &side, j, &symbol))
                name_set_add(&comparison->all,
                             symbol_hash(&symbol, name_at(&side, symbol.string_index)));
        part_rest(&merge->parts[i]);
    }
    name_set_seal(&comparison->all);
    for (size_t i = 0; i < merged->count; i++) {
        struct nlist symbol = meaning_of(merged, i);
        struct bytes name = name_at(merged, symbol.string_index);
        if ((symbol.type & (N_STAB | N_TYPE)) != N_UNDF &&
            !name_set_has(&comparison->all, symbol_hash(&symbol, name)))
            differences_add(comparison->differences, "symbol %zu, %.*s, is in none of its parts", i,
                            (int)name.size, (const char *)name.data);
    }
}

void compare_merged_symbols(const struct merge *merge, const struct part *merged,
                            struct differences *differences) {
    struct symbol_comparison comparison = {.merged = side_of(merged), .differences = differences};
    struct symbol_group groups[DYSYMTAB_GROUPS];
    if (dysymtab_groups(merged->head, groups))
        comparison.next[1] = groups[1].start;
    if (merge->may_lack_symbols)
        compare_left(&comparison, merge);
    for (size_t i = 0; !merge->may_lack_symbols && i < merge->part_count; i++) {
        compare_part(&comparison, merge, i);
        part_rest(&merge->parts[i]);
    }
    name_set_free(&comparison.all);
}
