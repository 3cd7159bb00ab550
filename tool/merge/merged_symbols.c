#include "merge/merged_linkedit.h"

#include "base/keyed_hash.h"
#include "base/mapping.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/seed.h"
#include "macho/symtab.h"
#include "macho/write/string_pool.h"
#include "merge/lookup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    ORDINAL_SHIFT = 8, /* of a dylib's ordinal in n_desc */
    MOST_SYMBOL_ORDINAL = 253,
    TYPE = 4, /* bytes of a nlist_64: n_type, n_sect, n_desc */
    SECTION = 5,
    DESCRIPTION = 6
};

enum symbol_group_number { GROUP_LOCAL, GROUP_EXPORTED, GROUP_UNDEFINED, GROUP_NONE };

/* What is known of the symbols of a part. */
struct part_symbols {
    struct bytes table;
    uint64_t pool;               /* where its pool begins in the joined one */
    uint8_t *groups;             /* of each symbol */
    uint32_t counts[GROUP_NONE]; /* of each group */
    uint32_t next[GROUP_NONE];   /* where the next one of the group goes, by its number */
    size_t seconds;              /* how many have second names */
    size_t next_second;          /* the number of the next of them, among those of all parts */
    struct error error;
};

struct symbol_merger {
    struct merge *merge;
    struct mapped_pieces *pool; /* the pools of all parts */
    struct part_symbols *parts;
    struct pool_name *names; /* one a symbol of the new table, then second names */
    uint32_t *second;        /* of each symbol of the new table the number of its second name + 1 */
    size_t second_count;
    uint32_t *undefined; /* the numbers + 1 of undefined ones by a hash; 0 for a free slot */
    size_t slot_count;   /* a power of two, more than twice as many as undefined ones */
    uint64_t key;
};

static bool part_symbol_error(const struct part *part, size_t i, const char *what,
                              struct error *error) {
    char field[48];
    snprintf(field, sizeof field, "symbol %zu", i);
    error_malformed(error, field, "%s", what);
    return error_in_file(error, part->node->file->path);
}

static const char *name_of(const struct symbol_merger *merger, size_t part,
                           const struct nlist *symbol) {
    return (const char *)merger->pool->bytes.data + merger->parts[part].pool + symbol->string_index;
}

/* Whether the merged image exports this very definition under its name. */
static bool is_exported(const struct symbol_merger *merger, size_t number,
                        const struct nlist *symbol) {
    const struct part *part = &merger->merge->parts[number];
    struct merged_lookup found;
    const struct definition *definition =
        definitions_find(&merger->merge->definitions, name_of(merger, number, symbol));
    if (definition == NULL || !merge_follow(merger->merge, definition, &found))
        return false;
    definition = found.definition;
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

/* A re-export (N_INDR) of what is in the merged image itself. */
static bool second_is_inside(const struct symbol_merger *merger, size_t number,
                             const struct nlist *symbol) {
    const struct definition *definition =
        definitions_find_in(&merger->merge->definitions, name_of(merger, number, symbol), number);
    struct merged_lookup found;
    return definition != NULL && definition_is_reexport(definition) &&
           merge_follow(merger->merge, definition, &found) && found.definition != NULL;
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
    if (nlist_has_second_name(symbol))
        return second_is_inside(merger, number, symbol) ? GROUP_NONE : GROUP_EXPORTED;
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

/* Second names have their places behind the names of all symbols. */
static void put_second_name(struct symbol_merger *merger, size_t number, const struct nlist *symbol,
                            uint32_t place) {
    size_t names = merger->merge->made.symbols.size / NLIST_SIZE;
    merger->names[names + merger->parts[number].next_second].old_index =
        (uint32_t)(merger->parts[number].pool + symbol->value);
    merger->second[place] = (uint32_t)++merger->parts[number].next_second;
}

/* Puts symbol `i` of a part at a place of the new table. */
static void put_symbol(struct symbol_merger *merger, size_t number, size_t i, uint32_t place) {
    const struct part *part = &merger->merge->parts[number];
    struct nlist symbol = nlist_at(merger->parts[number].table, i);
    uint8_t *target = merger->merge->made.symbols.data + (size_t)place * NLIST_SIZE;
    bool is_local = merger->parts[number].groups[i] == GROUP_LOCAL;
    merger->names[place].old_index = (uint32_t)(merger->parts[number].pool + symbol.string_index);
    if (nlist_has_second_name(&symbol))
        put_second_name(merger, number, &symbol, place);
    if (is_local && (symbol.type & N_STAB) == 0)
        symbol.type &= (uint8_t)~N_EXT;
    target[TYPE] = symbol.type;
    target[SECTION] = new_section(part, &symbol);
    bytes_store_little(target + DESCRIPTION, 2, new_description(merger, part, &symbol));
    bytes_store_little(target + NLIST_VALUE, 8,
                       nlist_has_address(&symbol) ? merge_address(part, symbol.value)
                                                  : symbol.value);
}

static const char *placed_name(const struct symbol_merger *merger, uint32_t place) {
    return (const char *)merger->pool->bytes.data + merger->names[place].old_index;
}

/* Whether an undefined symbol that was put there is there already, of the same dylib. */
static bool is_known(struct symbol_merger *merger, uint32_t place) {
    struct bytes table = buffer_bytes(&merger->merge->made.symbols);
    const char *name = placed_name(merger, place);
    uint16_t description = nlist_at(table, place).description;
    struct bytes bytes = {(const uint8_t *)name, strlen(name)};
    size_t mask = merger->slot_count - 1;
    size_t at = (size_t)keyed_hash(merger->key ^ description, bytes) & mask;
    for (; merger->undefined[at] != 0; at = (at + 1) & mask) {
        uint32_t other = merger->undefined[at] - 1;
        if (nlist_at(table, other).description == description &&
            strcmp(placed_name(merger, other), name) == 0)
            return true;
    }
    merger->undefined[at] = place + 1;
    return false;
}

static bool symbol_fits(const struct part *part, struct bytes pool, size_t i,
                        const struct nlist *symbol, struct error *error) {
    if (symbol->string_index >= pool.size)
        return part_symbol_error(part, i, "its name lies past the string pool", error);
    if (nlist_has_second_name(symbol) && symbol->value >= pool.size)
        return part_symbol_error(part, i, "its second name lies past the string pool", error);
    if ((symbol->type & N_STAB) == 0 && (symbol->type & N_TYPE) == N_SECT &&
        (symbol->section == 0 || symbol->section > part->section_count))
        return part_symbol_error(part, i, "its section is none of the part", error);
    return true;
}

/* Finds the group of each symbol of a part. */
static void group_symbols(void *context, size_t number) {
    struct symbol_merger *merger = context;
    const struct part *part = &merger->merge->parts[number];
    struct part_symbols *symbols = &merger->parts[number];
    struct bytes pool = part_linkedit(part, "string pool");
    size_t count = symbols->table.size / NLIST_SIZE;
    symbols->groups = memory_zeros(count, 1);
    for (size_t i = 0; i < count; i++) {
        struct nlist symbol = nlist_at(symbols->table, i);
        if (!symbol_fits(part, pool, i, &symbol, &symbols->error))
            return;
        enum symbol_group_number group = group_of(merger, number, &symbol);
        symbols->groups[i] = (uint8_t)group;
        if (group == GROUP_NONE)
            continue;
        symbols->counts[group]++;
        symbols->seconds += nlist_has_second_name(&symbol);
    }
}

/* Puts those that are not undefined. */
static void put_defined(void *context, size_t number) {
    struct symbol_merger *merger = context;
    struct part_symbols *symbols = &merger->parts[number];
    for (size_t i = 0; i < symbols->table.size / NLIST_SIZE; i++)
        if (symbols->groups[i] < GROUP_UNDEFINED)
            put_symbol(merger, number, i, symbols->next[symbols->groups[i]]++);
}

/* Puts the others from `place` on, each once; where they end. */
static uint32_t put_undefined(struct symbol_merger *merger, uint32_t place) {
    for (size_t number = 0; number < merger->merge->part_count; number++) {
        const struct part_symbols *symbols = &merger->parts[number];
        for (size_t i = 0; i < symbols->table.size / NLIST_SIZE; i++) {
            if (symbols->groups[i] != GROUP_UNDEFINED)
                continue;
            put_symbol(merger, number, i, place);
            place += !is_known(merger, place);
        }
    }
    return place;
}

static bool join_pool(struct symbol_merger *merger, size_t number, struct error *error) {
    const struct part *part = &merger->merge->parts[number];
    struct part_symbols *symbols = &merger->parts[number];
    struct bytes pool = part_linkedit(part, "string pool");
    struct file file;
    symbols->table = part_linkedit(part, "symbol table");
    if (!part_open(part, &file, error))
        return false;
    bool done = mapped_pieces_add(
        merger->pool, &file, part->node->slice->offset + (uint64_t)(pool.data - part->slice.data),
        pool.size, &symbols->pool, error);
    file_close(&file);
    return done || error_in_file(error, part->node->file->path);
}

static bool join_pools(struct symbol_merger *merger, struct error *error) {
    const struct merge *merge = merger->merge;
    uint64_t total = 0;
    for (size_t i = 0; i < merge->part_count; i++)
        total += part_linkedit(&merge->parts[i], "string pool").size;
    if (!mapped_pieces_begin(merge->part_count, total, merger->pool, error))
        return false;
    for (size_t i = 0; i < merge->part_count; i++)
        if (!join_pool(merger, i, error))
            return false;
    return merger->pool->bytes.size <= UINT32_MAX ||
           error_malformed(error, "string pool", "all pools together take more than 4 GiB");
}

static bool group_all(struct symbol_merger *merger, struct error *error) {
    parallel_for(merger->merge->part_count, group_symbols, merger);
    for (size_t i = 0; i < merger->merge->part_count; i++)
        if (merger->parts[i].error.kind != ERROR_NONE) {
            *error = merger->parts[i].error;
            return false;
        }
    return true;
}

/* Gives each part its places among those of a group, from `place` on; where they end. */
static uint32_t place_group(struct symbol_merger *merger, enum symbol_group_number group,
                            uint32_t place) {
    for (size_t i = 0; i < merger->merge->part_count; i++) {
        merger->parts[i].next[group] = place;
        place += merger->parts[i].counts[group];
    }
    return place;
}

static void place_second_names(struct symbol_merger *merger) {
    for (size_t i = 0; i < merger->merge->part_count; i++) {
        merger->parts[i].next_second = merger->second_count;
        merger->second_count += merger->parts[i].seconds;
    }
}

/* How many symbols there was room for. */
static size_t write_table(struct symbol_merger *merger) {
    struct merged_contents *made = &merger->merge->made;
    uint32_t exported = place_group(merger, GROUP_LOCAL, 0);
    uint32_t undefined = place_group(merger, GROUP_EXPORTED, exported);
    uint32_t most = place_group(merger, GROUP_UNDEFINED, undefined);
    place_second_names(merger);
    buffer_take(&made->symbols, (size_t)most * NLIST_SIZE);
    merger->names = memory_zeros((size_t)most + merger->second_count + 1, sizeof *merger->names);
    merger->second = memory_zeros((size_t)most + 1, sizeof *merger->second);
    for (merger->slot_count = 2; merger->slot_count <= 2 * (size_t)(most - undefined);)
        merger->slot_count *= 2;
    merger->undefined = memory_zeros(merger->slot_count, sizeof *merger->undefined);
    parallel_for(merger->merge->part_count, put_defined, merger);
    uint32_t end = put_undefined(merger, undefined);
    made->local_count = exported;
    made->exported_count = undefined - exported;
    made->undefined_count = end - undefined;
    made->symbols.size = (size_t)end * NLIST_SIZE;
    return most;
}

/* Undefined ones that were there twice have left a gap before the second names. */
static void write_names(struct symbol_merger *merger, size_t most) {
    struct merged_contents *made = &merger->merge->made;
    size_t count = made->symbols.size / NLIST_SIZE;
    struct pool_plan *plan = &made->strings.plan;
    memmove(merger->names + count, merger->names + most,
            merger->second_count * sizeof *merger->names);
    string_pool_plan(merger->pool->bytes, merger->names, count + merger->second_count, plan);
    for (size_t i = 0; i < count; i++) {
        uint8_t *symbol = made->symbols.data + i * NLIST_SIZE;
        bytes_store_little(symbol, 4, merger->names[i].new_index);
        if (merger->second[i] != 0)
            bytes_store_little(symbol + NLIST_VALUE, 8,
                               merger->names[count + merger->second[i] - 1].new_index);
    }
}

static void free_merger(struct symbol_merger *merger) {
    for (size_t i = 0; i < merger->merge->part_count; i++)
        free(merger->parts[i].groups);
    free(merger->parts);
    free(merger->names);
    free(merger->undefined);
    free(merger->second);
}

bool merged_symbols(struct merge *merge, struct error *error) {
    struct symbol_merger merger = {
        .merge = merge, .pool = &merge->made.strings.pool, .key = seed()};
    merger.parts = memory_zeros(merge->part_count, sizeof *merger.parts);
    bool done = join_pools(&merger, error) && group_all(&merger, error);
    if (done && merge->dylibs.count > MOST_SYMBOL_ORDINAL)
        done = error_malformed(error, "load commands", "%zu dylibs are more than symbols count",
                               merge->dylibs.count);
    if (done)
        write_names(&merger, write_table(&merger));
    free_merger(&merger);
    return done;
}
