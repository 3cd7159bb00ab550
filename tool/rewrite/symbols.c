#include "rewrite/symbols.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_UNDF = 0x0, N_ABS = 0x2 };

#define INDIRECT_SYMBOL_LOCAL UINT32_C(0x80000000)
#define INDIRECT_SYMBOL_ABS UINT32_C(0x40000000)

static bool stays(const struct symbols *symbols, const struct nlist *symbol) {
    return !level_drops(symbols->level, nlist_use(symbol));
}

static bool groups_valid(const struct symbols *symbols, const struct symbol_groups *groups,
                         struct error *error) {
    uint64_t sum = groups->counts[0] + groups->counts[1] + groups->counts[2];
    if (sum != symbols->old_count)
        return error_malformed(error, "LC_DYSYMTAB",
                               "its groups have %" PRIu64 " symbols, the symbol table has %zu", sum,
                               symbols->old_count);
    return true;
}

static size_t group_of(const struct symbol_groups *groups, uint64_t i) {
    if (i < groups->counts[0])
        return 0;
    return i - groups->counts[0] < groups->counts[1] ? 1 : 2;
}

static bool symbol_error(struct error *error, size_t i, const char *field, const char *what,
                         uint64_t value) {
    char name[64];
    snprintf(name, sizeof name, "symbol %zu %s", i, field);
    return error_malformed(error, name, "0x%" PRIx64 " %s", value, what);
}

static bool keep_symbols(struct symbols *symbols, const struct symbol_groups *groups,
                         struct error *error) {
    for (size_t i = 0; i < symbols->old_count; i++) {
        struct nlist symbol = nlist_at(symbols->old.table, i);
        if (symbol.string_index >= symbols->old.pool.size)
            return symbol_error(error, i, "n_strx", "lies past the string pool",
                                symbol.string_index);
        if (!stays(symbols, &symbol))
            continue;
        symbols->names[symbols->count++].old_index = symbol.string_index;
        symbols->group_counts[group_of(groups, i)]++;
    }
    return true;
}

static bool indirect_valid(const struct symbols *symbols, struct error *error) {
    for (size_t i = 0; i < symbols->old.indirect.size / 4; i++) {
        uint32_t index = bytes_u32(symbols->old.indirect, 4 * i);
        if ((index & (INDIRECT_SYMBOL_LOCAL | INDIRECT_SYMBOL_ABS)) == 0 &&
            index >= symbols->old_count) {
            char field[64];
            snprintf(field, sizeof field, "indirect symbol %zu", i);
            return error_malformed(error, field,
                                   "%" PRIu32 " lies past the symbol table of %zu symbols", index,
                                   symbols->old_count);
        }
    }
    return true;
}

bool symbols_plan(const struct symbol_tables *old, const struct symbol_groups *groups,
                  const struct level *level, struct symbols *symbols, struct error *error) {
    *symbols =
        (struct symbols){.old = *old, .level = level, .old_count = old->table.size / NLIST_SIZE};
    if (!groups_valid(symbols, groups, error) || !indirect_valid(symbols, error))
        return false;
    symbols->names = memory_zeros(symbols->old_count, sizeof *symbols->names);
    if (!keep_symbols(symbols, groups, error)) {
        symbols_free(symbols);
        return false;
    }
    string_pool_plan(old->pool, symbols->names, symbols->count, &symbols->pool);
    return true;
}

void symbols_write_table(const struct symbols *symbols, uint8_t *target) {
    size_t kept = 0;
    for (size_t i = 0; i < symbols->old_count; i++) {
        struct nlist symbol = nlist_at(symbols->old.table, i);
        if (!stays(symbols, &symbol))
            continue;
        memcpy(target, symbols->old.table.data + i * NLIST_SIZE, NLIST_SIZE);
        bytes_store_little(target, 4, symbols->names[kept++].new_index);
        target += NLIST_SIZE;
    }
}

/* The new index of each symbol that stays. */
static uint32_t *renumber(const struct symbols *symbols) {
    uint32_t *numbers = memory_zeros(symbols->old_count, sizeof *numbers);
    uint32_t next = 0;
    for (size_t i = 0; i < symbols->old_count; i++) {
        struct nlist symbol = nlist_at(symbols->old.table, i);
        numbers[i] = next;
        next += stays(symbols, &symbol);
    }
    return numbers;
}

static uint32_t new_indirect(const struct symbols *symbols, const uint32_t *numbers,
                             uint32_t index) {
    if ((index & (INDIRECT_SYMBOL_LOCAL | INDIRECT_SYMBOL_ABS)) != 0)
        return index;
    struct nlist symbol = nlist_at(symbols->old.table, index);
    if (stays(symbols, &symbol))
        return numbers[index];
    uint8_t type = symbol.type & N_TYPE;
    bool absolute = type == N_UNDF || type == N_ABS;
    return INDIRECT_SYMBOL_LOCAL | (absolute ? INDIRECT_SYMBOL_ABS : 0);
}

void symbols_write_indirect(const struct symbols *symbols, uint8_t *target) {
    uint32_t *numbers = renumber(symbols);
    for (size_t i = 0; i < symbols->old.indirect.size / 4; i++)
        bytes_store_little(target + 4 * i, 4,
                           new_indirect(symbols, numbers, bytes_u32(symbols->old.indirect, 4 * i)));
    free(numbers);
}

void symbols_free(struct symbols *symbols) {
    free(symbols->names);
    string_pool_free(&symbols->pool);
    symbols->names = NULL;
}
