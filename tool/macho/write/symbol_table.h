/* A new symbol table for one slice, with its string pool, and with the indirect table and the
 * relocations that name its symbols. */
#ifndef VAFIT_MACHO_WRITE_SYMBOL_TABLE_H
#define VAFIT_MACHO_WRITE_SYMBOL_TABLE_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/dysymtab.h"
#include "macho/symtab.h"
#include "macho/write/string_pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The old tables: views into the old __LINKEDIT. */
struct symbol_tables {
    struct symbol_users users; /* the table, and what names its symbols by their index */
    struct bytes pool;
};

/* What stays of them. Release with symbol_table_free. */
struct new_symbol_table {
    struct symbol_tables old;
    enum symbol_use drops_upto;
    size_t old_count;
    size_t count;            /* symbols that stay */
    uint8_t *needed;         /* those that stay at any level, as dysymtab_needed tells */
    struct pool_name *names; /* of the symbols that stay, in their order: one each, and the second
                                one of N_INDR after the first */
    size_t name_count;
    struct pool_plan pool;
    struct symbol_group groups[DYSYMTAB_GROUPS]; /* of LC_DYSYMTAB, as they are then */
};

/* Plans the new tables. What is of the use `drops_upto` or less goes, but for the symbols that dyld
 * reads. A group of LC_DYSYMTAB becomes what is left of it; what of it lies past the table stays
 * past it. Errors: ERROR_MALFORMED for a name past the pool. */
bool symbol_table_plan(const struct symbol_tables *old, enum symbol_use drops_upto,
                       struct new_symbol_table *symbols, struct error *error);
/* Writes symbols->count entries of NLIST_SIZE bytes. */
void symbol_table_write(const struct new_symbol_table *symbols, uint8_t *target);
/* Writes as many bytes as the old indirect table has. An entry that names no symbol stays as it is;
 * one whose symbol went becomes INDIRECT_SYMBOL_LOCAL, and INDIRECT_SYMBOL_ABS too where that
 * symbol was absolute or undefined; pointer slots are never touched (cctools' strip writes to them,
 * which chained fixups do not survive). */
void symbol_table_write_indirect(const struct new_symbol_table *symbols, uint8_t *target);
/* Writes the external relocations with the new indexes of their symbols, all of which stay. */
void symbol_table_write_relocations(const struct new_symbol_table *symbols, uint8_t *target);
/* Bytes of memory that they take. */
uint64_t symbol_table_memory(const struct new_symbol_table *symbols);
void symbol_table_free(struct new_symbol_table *symbols);

#endif
