#include "macho/write/symbol_table.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool stays(const struct new_symbol_table *symbols, size_t i, const struct nlist *symbol) {
    return nlist_use(symbol) > symbols->drops_upto ||
           (symbols->needed != NULL && symbols->needed[i] != 0);
}

static bool symbol_error(struct error *error, size_t i, const char *field, const char *what,
                         uint64_t value) {
    char name[64];
    snprintf(name, sizeof name, "symbol %zu %s", i, field);
    return error_malformed(error, name, "0x%" PRIx64 " %s", value, what);
}

static void add_name(struct new_symbol_table *symbols, uint64_t index) {
    symbols->names[symbols->name_count++].old_index = (uint32_t)index;
}

static bool keep_symbol(struct new_symbol_table *symbols, size_t i, struct error *error) {
    struct nlist symbol = nlist_at(symbols->old.users.table, i);
    bool has_second = nlist_has_second_name(&symbol);
    if (symbol.string_index >= symbols->old.pool.size)
        return symbol_error(error, i, "n_strx", "lies past the string pool", symbol.string_index);
    if (has_second && symbol.value >= symbols->old.pool.size)
        return symbol_error(error, i, "n_value", "of N_INDR lies past the string pool",
                            symbol.value);
    if (!stays(symbols, i, &symbol))
        return true;
    add_name(symbols, symbol.string_index);
    if (has_second)
        add_name(symbols, symbol.value);
    symbols->count++;
    return true;
}

static bool keep_symbols(struct new_symbol_table *symbols, struct error *error) {
    for (size_t i = 0; i < symbols->old_count; i++)
        if (!keep_symbol(symbols, i, error))
            return false;
    return true;
}

/* At most so many names: two of each symbol with N_INDR. */
static size_t most_names(const struct new_symbol_table *symbols) {
    size_t count = symbols->old_count;
    for (size_t i = 0; i < symbols->old_count; i++) {
        struct nlist symbol = nlist_at(symbols->old.users.table, i);
        count += nlist_has_second_name(&symbol);
    }
    return count;
}

/* The new index of each symbol that stays, and at old_count how many there are. */
static uint32_t *renumber(const struct new_symbol_table *symbols) {
    uint32_t *numbers = memory_zeros(symbols->old_count + 1, sizeof *numbers);
    uint32_t next = 0;
    for (size_t i = 0; i < symbols->old_count; i++) {
        struct nlist symbol = nlist_at(symbols->old.users.table, i);
        numbers[i] = next;
        next += stays(symbols, i, &symbol);
    }
    numbers[symbols->old_count] = next;
    return numbers;
}

/* Where what begins or ends at symbol i of the old table does so in the new one. */
static uint64_t new_place(const struct new_symbol_table *symbols, const uint32_t *numbers,
                          uint64_t i) {
    return i <= symbols->old_count ? numbers[i] : i - symbols->old_count + symbols->count;
}

static void plan_groups(struct new_symbol_table *symbols) {
    uint32_t *numbers = renumber(symbols);
    dysymtab_groups(symbols->old.users.head, symbols->groups);
    for (size_t i = 0; i < DYSYMTAB_GROUPS; i++) {
        struct symbol_group *group = &symbols->groups[i];
        uint64_t start = new_place(symbols, numbers, group->start);
        uint64_t end = new_place(symbols, numbers, (uint64_t)group->start + group->count);
        *group = (struct symbol_group){(uint32_t)start, (uint32_t)(end - start)};
    }
    free(numbers);
}

bool symbol_table_plan(const struct symbol_tables *old, enum symbol_use drops_upto,
                       struct new_symbol_table *symbols, struct error *error) {
    *symbols = (struct new_symbol_table){
        .old = *old, .drops_upto = drops_upto, .old_count = old->users.table.size / NLIST_SIZE};
    symbols->needed = dysymtab_needed(&old->users);
    symbols->names = memory_zeros(most_names(symbols), sizeof *symbols->names);
    if (!keep_symbols(symbols, error)) {
        symbol_table_free(symbols);
        return false;
    }
    plan_groups(symbols);
    string_pool_plan(old->pool, symbols->names, symbols->name_count, &symbols->pool);
    return true;
}

void symbol_table_write(const struct new_symbol_table *symbols, uint8_t *target) {
    size_t name = 0;
    for (size_t i = 0; i < symbols->old_count; i++) {
        struct nlist symbol = nlist_at(symbols->old.users.table, i);
        if (!stays(symbols, i, &symbol))
            continue;
        memcpy(target, symbols->old.users.table.data + i * NLIST_SIZE, NLIST_SIZE);
        bytes_store_little(target, 4, symbols->names[name++].new_index);
        if (nlist_has_second_name(&symbol))
            bytes_store_little(target + NLIST_VALUE, 8, symbols->names[name++].new_index);
        target += NLIST_SIZE;
    }
}

static uint32_t new_indirect(const struct new_symbol_table *symbols, const uint32_t *numbers,
                             size_t i) {
    uint32_t index;
    if (!indirect_symbol(symbols->old.users.indirect, i, symbols->old_count, &index))
        return index;
    struct nlist symbol = nlist_at(symbols->old.users.table, index);
    if (stays(symbols, index, &symbol))
        return numbers[index];
    uint8_t type = symbol.type & N_TYPE;
    bool absolute = type == N_UNDF || type == N_ABS;
    return INDIRECT_SYMBOL_LOCAL | (absolute ? INDIRECT_SYMBOL_ABS : 0);
}

void symbol_table_write_indirect(const struct new_symbol_table *symbols, uint8_t *target) {
    uint32_t *numbers = renumber(symbols);
    for (size_t i = 0; i < symbols->old.users.indirect.size / 4; i++)
        bytes_store_little(target + 4 * i, 4, new_indirect(symbols, numbers, i));
    free(numbers);
}

void symbol_table_write_relocations(const struct new_symbol_table *symbols, uint8_t *target) {
    struct bytes old = symbols->old.users.relocations;
    uint32_t *numbers = renumber(symbols), symbol;
    memcpy(target, old.data, old.size);
    for (size_t i = 0; i < old.size / EXTERNAL_RELOCATION_SIZE; i++)
        if (relocation_symbol(old, i, symbols->old_count, &symbol))
            relocation_store_symbol(target + EXTERNAL_RELOCATION_SIZE * i, numbers[symbol]);
    free(numbers);
}

uint64_t symbol_table_memory(const struct new_symbol_table *symbols) {
    return symbols->old_count * sizeof *symbols->needed +
           symbols->name_count * sizeof *symbols->names +
           symbols->pool.count * sizeof *symbols->pool.copies;
}

void symbol_table_free(struct new_symbol_table *symbols) {
    free(symbols->names);
    free(symbols->needed);
    string_pool_free(&symbols->pool);
    symbols->names = NULL;
    symbols->needed = NULL;
}
