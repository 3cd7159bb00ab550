/* A breakdown as JSON: the object "parts" of reports and facts. */
#ifndef VAFIT_IMAGES_BREAKDOWN_JSON_H
#define VAFIT_IMAGES_BREAKDOWN_JSON_H

#include "images/breakdown.h"

#include <jansson.h>
#include <stddef.h>

/* A part and where its bytes stand in a breakdown. */
struct breakdown_member {
    const char *name;
    size_t offset;
    bool wants_symbols; /* known only once the symbol table was read */
};

/* Member i, in the order of reports; NULL behind the last. */
const struct breakdown_member *breakdown_member(size_t i);
uint64_t breakdown_bytes(const struct breakdown *breakdown, const struct breakdown_member *member);
/* Whole bytes; null for what is not known because the symbol table was not read. New: the caller
 * releases it. */
json_t *breakdown_to_json(const struct breakdown *breakdown);

#endif
