/* The content of LC_LAZY_LOAD_DYLIB_INFO: a dylib that is loaded at the first use of one of its
 * symbols, and their names (dyld: mach_o/LazyLoadDylib.h, LazyLoadDylibLinkEdit). */
#ifndef VAFIT_MACHO_LAZY_LOAD_INFO_H
#define VAFIT_MACHO_LAZY_LOAD_INFO_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* A view into the part. */
struct lazy_load_info {
    struct bytes bytes;    /* the whole part */
    uint32_t symbol_count; /* how many symbols it names */
    uint32_t names_offset; /* of the table of where their names are, bytes into the part */
    size_t strings_end;    /* names that begin before this end in the part */
};

/* Errors: ERROR_MALFORMED, the field "lazy load info", for a table that does not lie in the part.
 */
bool lazy_load_info_parse(struct bytes bytes, struct lazy_load_info *info, struct error *error);
/* The name of symbol i of symbol_count, which points into the part. Errors: ERROR_MALFORMED for one
 * that does not end in it. */
bool lazy_load_info_symbol(const struct lazy_load_info *info, uint32_t i, const char **symbol,
                           struct error *error);

#endif
