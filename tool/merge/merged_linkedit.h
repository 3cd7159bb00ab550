/* The parts of the merged __LINKEDIT that are made of those of the parts: exports, symbols,
 * function starts, data in code. The places of parts are known. */
#ifndef VAFIT_MERGE_MERGED_LINKEDIT_H
#define VAFIT_MERGE_MERGED_LINKEDIT_H

#include "merge/merge.h"

/* Fills made.exports: of each name the definition that the merged image has. */
bool merged_exports(struct merge *merge, struct error *error);
/* Fills made.function_starts and made.data_in_code. Errors: ERROR_MALFORMED naming the part. */
bool merged_code_tables(struct merge *merge, struct error *error);
/* Fills made.symbols, made.strings and the counts: local symbols and stabs of all parts in their
 * order, then what is exported, then what is undefined, each once. A definition in whose place the
 * merged image exports another part's becomes local. Errors: ERROR_MALFORMED naming the part.
 * Memory: the new table, and what string_pool_plan takes; the string pools are mapped. */
bool merged_symbols(struct merge *merge, struct error *error);

#endif
