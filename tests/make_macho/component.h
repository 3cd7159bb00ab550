/* A whole component build: dylibs that depend on each other, and programs that load them. */
#ifndef MAKE_MACHO_COMPONENT_H
#define MAKE_MACHO_COMPONENT_H

#include "architecture.h"
#include "shape.h"

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Sizes in bytes. */
struct component {
    const char *folder; /* all files go into it; it is made */
    const struct architecture *architecture;
    uint64_t executable_text;     /* of __TEXT */
    uint64_t executable_linkedit; /* of __LINKEDIT */
    unsigned dylibs;
    uint64_t dylibs_total;       /* in memory, all dylibs together; met to a page */
    unsigned density;            /* percent of a dylib's __LINKEDIT that is real symbols; at 0 each
                                  * image has a handful all the same */
    unsigned executable_density; /* likewise, of the programs */
    const struct shape *shape;
    unsigned dylibs_text; /* thousandths of a dylib's memory that are __TEXT */
    bool merges_strings;  /* as in symbols.h */
    unsigned programs;    /* browser_tests, browser_tests_2, ... */
    unsigned seed;
    bool has_hashes; /* signatures have the hashes of pages */
};

/* Writes it. The sizes of dylibs are log-normal. Each loads some with lower numbers, most of them
 * the lowest, and libSystem; each program loads a quarter of the dylibs, among them all that no
 * dylib loads, so that every one is reached. Undefined symbols are exports of the library they
 * refer to. Errors: ERROR_USAGE for sizes that cannot be met, ERROR_IO. */
bool component_write(const struct component *component, struct error *error);

#endif
