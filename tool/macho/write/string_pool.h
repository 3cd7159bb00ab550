/* A string pool built anew: each name once, and a name that is the end of another only in that one.
 * macho/write/suffix_merge.h finds these. */
#ifndef VAFIT_MACHO_WRITE_STRING_POOL_H
#define VAFIT_MACHO_WRITE_STRING_POOL_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One use of a name. The caller fills `old_index`, string_pool_plan the rest. */
struct pool_name {
    uint32_t old_index; /* where the name begins in the old pool, bytes */
    uint32_t new_index; /* where it begins in the new one */
};

/* Plans a pool that holds the names of `names`. A name that equals another or its tail is not
 * written again; what is written comes in the order in which it is first used. What stands at index
 * 0 stays there: it is the null name of nlist.h, " " in pools of Apple's linkers, nothing in
 * others; names without characters point at its NUL. The new pool depends on nothing but the names
 * and their order. A tail of several names stays in the one that holds it already; where it has a
 * place of its own in the old pool, names and order decide. So planning again changes nothing.
 * Every old_index lies inside `old`; a name without an end there has the rest of it.
 *
 * Takes time in proportion to names and pool, and at most 28 bytes a name and 256 KiB while it
 * works. */
struct pool_plan {
    uint64_t size;  /* bytes of the new pool, without padding */
    uint64_t count; /* of copies */
    struct pool_copy {
        uint32_t old_index; /* where the name begins in the old pool */
        uint32_t size;      /* bytes, without its NUL */
    } * copies;             /* the names to write one after the other, each with a NUL; owned */
};
void string_pool_plan(struct bytes old, struct pool_name *names, size_t count,
                      struct pool_plan *plan);
/* Writes the planned pool: plan->size bytes to `target`. */
void string_pool_write(struct bytes old, const struct pool_plan *plan, uint8_t *target);
/* The same in windows of at most 1 MiB, one after the other; where a sink fails, that is all. */
typedef bool string_sink(void *context, struct bytes window, struct error *error);
bool string_pool_stream(struct bytes old, const struct pool_plan *plan, string_sink *sink,
                        void *context, struct error *error);
void string_pool_free(struct pool_plan *plan);

#endif
