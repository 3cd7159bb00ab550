#include "merge/merged_linkedit.h"

#include "base/memory.h"
#include "macho/symtab.h"
#include "macho/write/string_pool.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    ORDINAL_SHIFT = 8, /* of a dylib's ordinal in n_desc */
    MOST_SYMBOL_ORDINAL = 253
};

struct symbol_merger {
    struct merge *merge;
    struct buffer pool;      /* the pools of all parts, one after the other */
    uint64_t *pool_starts;   /* where that of each part begins */
    uint8_t **groups;        /* of each part: the group of each of its symbols */
    struct pool_name *names; /* one a symbol that was taken */
    size_t count;
    size_t capacity;
    struct map undefined; /* "ORDINAL NAME" of those that were taken */
};

enum symbol_group_number { GROUP_LOCAL, GROUP_EXPORTED, GROUP_UNDEFINED, GROUP_NONE };

static bool part_symbol_error(const struct part *part, size_t i, const char *what,
                              struct error *error) {
    char field[48];
    snprintf(field, sizeof field, "symbol %zu", i);
    error_malformed(error, field, "%s", what);
    return error_in_file(error, part->node->file->path);
}

static const char *name_of(const struct symbol_merger *merger, size_t part,
                           const struct nlist *symbol) {
    return (const char *)merger->pool.data + merger->pool_starts[part] + symbol->string_index;
}

/* Whether the merged image exports this very definition under its name. */
static bool is_exported(const struct symbol_merger *merger, size_t number,
                        const struct nlist *symbol) {
    const struct part *part = &merger->merge->parts[number];
    const struct definition *definition =
        definitions_find(&merger->merge->definitions, name_of(merger, number, symbol));
    if (definition == NULL || definition->part != number)
        return false;
    uint64_t value = definition_is_address(definition)
                         ? image_base(part->image) + definition->offset
                         : definition->offset;
    return value == symbol->value;
}

/* The part or dylib that an undefined symbol is of. */
static bool undefined_is_inside(const struct symbol_merger *merger, const struct part *part,
                                unsigned ordinal) {
    return ordinal >= 1 && ordinal <= part->image->dylibs.count &&
           merge_part_of(merger->merge, part->node->loads[ordinal - 1]) != NO_PART;
}

static enum symbol_group_number group_of(const struct symbol_merger *merger, size_t number,
                                         const struct nlist *symbol) {
    const struct part *part = &merger->merge->parts[number];
    if ((symbol->type & N_STAB) != 0 || (symbol->type & N_EXT) == 0)
        return GROUP_LOCAL;
    if ((symbol->type & N_TYPE) == N_UNDF)
        return undefined_is_inside(merger, part, symbol->description >> ORDINAL_SHIFT)
                   ? GROUP_NONE
                   : GROUP_UNDEFINED;
    return is_exported(merger, number, symbol) ? GROUP_EXPORTED : GROUP_LOCAL;
}

static uint8_t new_section(const struct part *part, const struct nlist *symbol) {
    bool counts =
        symbol->type != N_OSO && symbol->section >= 1 && symbol->section <= part->section_count;
    return counts ? part->sections[symbol->section - 1].number : symbol->section;
}

static uint16_t new_description(const struct symbol_merger *merger, const struct part *part,
                                const struct nlist *symbol) {
    unsigned ordinal = symbol->description >> ORDINAL_SHIFT;
    struct import import = {.symbol = "", .ordinal = (int32_t)ordinal};
    struct merged_import merged;
    struct error ignored;
    if ((symbol->type & (N_STAB | N_TYPE)) != N_UNDF || ordinal < 1 ||
        ordinal > part->image->dylibs.count)
        return symbol->description;
    merge_import(merger->merge, part, &import, &merged, &ignored);
    return (uint16_t)((symbol->description & 0xff) | merged.import.ordinal << ORDINAL_SHIFT);
}

static bool is_known(struct symbol_merger *merger, size_t number, const struct nlist *symbol,
                     uint16_t description) {
    static int known;
    char *key =
        arena_format(merger->merge->arena, "%u %s", description, name_of(merger, number, symbol));
    if (map_get(&merger->undefined, key) != NULL)
        return true;
    map_put(&merger->undefined, merger->merge->arena, key, &known);
    return false;
}

static void take_symbol(struct symbol_merger *merger, size_t number, struct nlist symbol,
                        enum symbol_group_number group) {
    const struct part *part = &merger->merge->parts[number];
    struct buffer *table = &merger->merge->made.symbols;
    uint16_t description = new_description(merger, part, &symbol);
    if (group == GROUP_UNDEFINED && is_known(merger, number, &symbol, description))
        return;
    merger->names =
        memory_grow(merger->names, merger->count, &merger->capacity, sizeof *merger->names);
    merger->names[merger->count++].old_index =
        (uint32_t)(merger->pool_starts[number] + symbol.string_index);
    if (group == GROUP_LOCAL && (symbol.type & N_STAB) == 0)
        symbol.type &= (uint8_t)~N_EXT;
    uint64_t value = nlist_has_address(&symbol) ? merge_address(part, symbol.value) : symbol.value;
    buffer_little(table, 4, 0);
    buffer_little(table, 1, symbol.type);
    buffer_little(table, 1, new_section(part, &symbol));
    buffer_little(table, 2, description);
    buffer_little(table, 8, value);
}

static bool symbol_fits(const struct part *part, struct bytes pool, size_t i,
                        const struct nlist *symbol, struct error *error) {
    if (symbol->string_index >= pool.size)
        return part_symbol_error(part, i, "its name lies past the string pool", error);
    if (nlist_has_second_name(symbol))
        return part_symbol_error(part, i, "is another name of a symbol (N_INDR)", error);
    if ((symbol->type & N_STAB) == 0 && (symbol->type & N_TYPE) == N_SECT &&
        (symbol->section == 0 || symbol->section > part->section_count))
        return part_symbol_error(part, i, "its section is none of the part", error);
    return true;
}

/* Finds the group of each symbol of a part. */
static bool group_symbols(struct symbol_merger *merger, size_t number, struct error *error) {
    const struct part *part = &merger->merge->parts[number];
    struct bytes table = part_linkedit(part, "symbol table");
    struct bytes pool = part_linkedit(part, "string pool");
    size_t count = table.size / NLIST_SIZE;
    uint8_t *groups = memory_zeros(count, 1);
    merger->groups[number] = groups;
    for (size_t i = 0; i < count; i++) {
        struct nlist symbol = nlist_at(table, i);
        if (!symbol_fits(part, pool, i, &symbol, error))
            return false;
        groups[i] = (uint8_t)group_of(merger, number, &symbol);
    }
    return true;
}

static bool group_all(struct symbol_merger *merger, struct error *error) {
    merger->groups = memory_zeros(merger->merge->part_count, sizeof *merger->groups);
    for (size_t i = 0; i < merger->merge->part_count; i++)
        if (!group_symbols(merger, i, error))
            return false;
    return true;
}

static uint32_t take_group(struct symbol_merger *merger, enum symbol_group_number group) {
    size_t before = merger->count;
    for (size_t i = 0; i < merger->merge->part_count; i++) {
        struct bytes table = part_linkedit(&merger->merge->parts[i], "symbol table");
        for (size_t j = 0; j < table.size / NLIST_SIZE; j++)
            if (merger->groups[i][j] == group)
                take_symbol(merger, i, nlist_at(table, j), group);
    }
    return (uint32_t)(merger->count - before);
}

static bool join_pools(struct symbol_merger *merger, struct error *error) {
    struct merge *merge = merger->merge;
    merger->pool_starts = arena_take(merge->arena, merge->part_count * sizeof(uint64_t));
    for (size_t i = 0; i < merge->part_count; i++) {
        struct bytes pool = part_linkedit(&merge->parts[i], "string pool");
        merger->pool_starts[i] = merger->pool.size;
        buffer_add(&merger->pool, pool.data, pool.size);
        buffer_little(&merger->pool, 1, 0);
    }
    return merger->pool.size <= UINT32_MAX ||
           error_malformed(error, "string pool", "all pools together take more than 4 GiB");
}

static void write_names(struct symbol_merger *merger) {
    struct merged_contents *made = &merger->merge->made;
    struct pool_plan plan;
    string_pool_plan(buffer_bytes(&merger->pool), merger->names, merger->count, &plan);
    string_pool_write(buffer_bytes(&merger->pool), &plan,
                      buffer_take(&made->strings, (size_t)plan.size));
    for (size_t i = 0; i < merger->count; i++)
        bytes_store_little(made->symbols.data + i * NLIST_SIZE, 4, merger->names[i].new_index);
    string_pool_free(&plan);
}

bool merged_symbols(struct merge *merge, struct error *error) {
    struct symbol_merger merger = {.merge = merge};
    struct merged_contents *made = &merge->made;
    bool done = join_pools(&merger, error) && group_all(&merger, error);
    if (done && merge->dylibs.count > MOST_SYMBOL_ORDINAL)
        done = error_malformed(error, "load commands", "%zu dylibs are more than symbols count",
                               merge->dylibs.count);
    if (done) {
        made->local_count = take_group(&merger, GROUP_LOCAL);
        made->exported_count = take_group(&merger, GROUP_EXPORTED);
        made->undefined_count = take_group(&merger, GROUP_UNDEFINED);
        write_names(&merger);
    }
    for (size_t i = 0; merger.groups != NULL && i < merge->part_count; i++)
        free(merger.groups[i]);
    free(merger.groups);
    buffer_free(&merger.pool);
    map_free(&merger.undefined);
    free(merger.names);
    return done;
}
