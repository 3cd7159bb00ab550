/* The sizes of a __LINKEDIT as JSON: the object "parts" of reports and facts. */
#ifndef VAFIT_PROGRAM_LINKEDIT_SIZES_JSON_H
#define VAFIT_PROGRAM_LINKEDIT_SIZES_JSON_H

#include "program/linkedit_sizes.h"

#include <jansson.h>
#include <stddef.h>

/* A part and where its bytes stand in a struct linkedit_sizes. */
struct linkedit_sizes_member {
    const char *name;
    size_t offset;
    bool wants_symbols; /* known only once the symbol table was read */
};

/* Member i, in the order of reports; NULL after the last. */
const struct linkedit_sizes_member *linkedit_sizes_member(size_t i);
uint64_t linkedit_sizes_bytes(const struct linkedit_sizes *linkedit_sizes,
                              const struct linkedit_sizes_member *member);
/* Whole bytes; null for what is not known because the symbol table was not read. New: the caller
 * releases it. */
json_t *linkedit_sizes_to_json(const struct linkedit_sizes *linkedit_sizes);

#endif
