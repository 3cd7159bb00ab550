/* Symbols: a new symbol table, string pool and indirect table for one slice. */
#ifndef VAFIT_REWRITE_SYMBOLS_H
#define VAFIT_REWRITE_SYMBOLS_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/string_pool.h"
#include "rewrite/level.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The old tables: views into the old __LINKEDIT. */
struct symbol_tables {
    struct bytes table; /* nlist_64 entries */
    struct bytes pool;
    struct bytes indirect; /* 32-bit indexes into the table; empty without LC_DYSYMTAB */
};

/* What stays of them. Release with symbols_free. */
struct symbols {
    struct symbol_tables old;
    const struct level *level;
    size_t old_count;
    size_t count;            /* symbols that stay */
    struct pool_name *names; /* theirs, in their order */
    struct pool_plan pool;
    uint32_t group_counts[3]; /* that stay of the locals, the exported and the undefined ones */
};

/* How LC_DYSYMTAB parts the table: three groups behind each other, each this many symbols. Without
 * LC_DYSYMTAB all are locals. */
struct symbol_groups {
    uint64_t counts[3];
};

/* Plans the new tables. Errors: ERROR_MALFORMED for a name past the pool, for groups that do not
 * make up the table or hold symbols of another kind, for an indirect index past the table. */
bool symbols_plan(const struct symbol_tables *old, const struct symbol_groups *groups,
                  const struct level *level, struct symbols *symbols, struct error *error);
/* Writes symbols->count entries of NLIST_SIZE bytes. */
void symbols_write_table(const struct symbols *symbols, uint8_t *target);
/* Writes as many bytes as the old indirect table has. An entry whose symbol went becomes
 * INDIRECT_SYMBOL_LOCAL, and INDIRECT_SYMBOL_ABS too where that symbol was absolute or undefined;
 * pointer slots are never touched (cctools' strip writes to them, which chained fixups do not
 * survive). */
void symbols_write_indirect(const struct symbols *symbols, uint8_t *target);
void symbols_free(struct symbols *symbols);

#endif
