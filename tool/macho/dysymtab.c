#include "macho/dysymtab.h"

#include "base/memory.h"
#include "macho/image.h"
#include "macho/symtab.h"

enum { RELOCATION_SYMBOL_BITS = 24, RELOCATION_EXTERN = 27 };

#define RELOCATION_SYMBOL_MASK ((UINT32_C(1) << RELOCATION_SYMBOL_BITS) - 1)

bool dysymtab_groups(struct bytes head, struct symbol_group groups[DYSYMTAB_GROUPS]) {
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    struct error ignored;
    for (size_t i = 0; i < DYSYMTAB_GROUPS; i++)
        groups[i] = (struct symbol_group){0, 0};
    while (load_command_next(&walk, &command, &ignored)) {
        if (command.number != LC_DYSYMTAB)
            continue;
        for (size_t i = 0; i < DYSYMTAB_GROUPS; i++) {
            size_t at = DYSYMTAB_FIRST_GROUP + 8 * i;
            groups[i] = (struct symbol_group){bytes_u32(command.bytes, at),
                                              bytes_u32(command.bytes, at + 4)};
        }
        return true;
    }
    return false;
}

bool indirect_symbol(struct bytes indirect, size_t i, size_t count, uint32_t *symbol) {
    *symbol = bytes_u32(indirect, 4 * i);
    return (*symbol & (INDIRECT_SYMBOL_LOCAL | INDIRECT_SYMBOL_ABS)) == 0 && *symbol < count;
}

bool relocation_symbol(struct bytes relocations, size_t i, size_t count, uint32_t *symbol) {
    uint32_t bits = bytes_u32(relocations, EXTERNAL_RELOCATION_SIZE * i + 4);
    *symbol = bits & RELOCATION_SYMBOL_MASK;
    return (bits >> RELOCATION_EXTERN & 1) != 0 && *symbol < count;
}

void relocation_store_symbol(uint8_t *relocation, uint32_t symbol) {
    struct bytes bytes = {relocation, EXTERNAL_RELOCATION_SIZE};
    uint32_t rest = bytes_u32(bytes, 4) & ~RELOCATION_SYMBOL_MASK;
    bytes_store_little(relocation + 4, 4, rest | symbol);
}

/* What of an image takes the place of its symbols. */
struct substitutes {
    bool fixups;
    bool trie;
};

static struct substitutes substitutes_of(struct bytes head) {
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    struct error ignored;
    struct substitutes substitutes = {false, false};
    while (load_command_next(&walk, &command, &ignored)) {
        bool info = command.number == LC_DYLD_INFO || command.number == LC_DYLD_INFO_ONLY;
        substitutes.fixups |= info || command.number == LC_DYLD_CHAINED_FIXUPS;
        substitutes.trie |= info || command.number == LC_DYLD_EXPORTS_TRIE;
    }
    return substitutes;
}

static void need_relocated(const struct symbol_users *users, size_t count, uint8_t *needed) {
    uint32_t symbol;
    for (size_t i = 0; i < users->relocations.size / EXTERNAL_RELOCATION_SIZE; i++)
        if (relocation_symbol(users->relocations, i, count, &symbol))
            needed[symbol] = 1;
}

static void need_indirect(const struct symbol_users *users, size_t count, uint8_t *needed) {
    uint32_t symbol;
    for (size_t i = 0; i < users->indirect.size / 4; i++)
        if (indirect_symbol(users->indirect, i, count, &symbol))
            needed[symbol] = 1;
}

static void need_exported(const struct symbol_users *users, size_t count, uint8_t *needed) {
    for (size_t i = 0; i < count; i++) {
        struct nlist symbol = nlist_at(users->table, i);
        if (nlist_use(&symbol) == SYMBOL_GLOBAL && (symbol.type & N_TYPE) == N_SECT)
            needed[i] = 1;
    }
}

uint8_t *dysymtab_needed(const struct symbol_users *users) {
    struct substitutes substitutes = substitutes_of(users->head);
    size_t count = users->table.size / NLIST_SIZE;
    if (substitutes.fixups && substitutes.trie && users->relocations.size == 0)
        return NULL;
    uint8_t *needed = memory_zeros(count, 1);
    need_relocated(users, count, needed);
    if (!substitutes.fixups)
        need_indirect(users, count, needed);
    if (!substitutes.trie)
        need_exported(users, count, needed);
    return needed;
}
