/* The exports trie of a module: the names that other images can bind to. */
#ifndef VAFIT_RUN_MACHO_EXPORTS_H
#define VAFIT_RUN_MACHO_EXPORTS_H

#include "module.h"

#include <stdbool.h>
#include <stdint.h>

/* One entry of a trie. */
struct export {
    bool weak;            /* a weak definition: gives way to others of its name */
    bool reexport;        /* of another image; address is 0 then */
    uint64_t ordinal;     /* reexport: which of the module's dylibs, from 1 */
    const char *imported; /* reexport: its name there */
    uint64_t address;     /* in memory */
};

/* Looks `name` up in the module's own trie. */
bool exports_find(const struct module *module, const char *name, struct export *export);
/* Calls visit for every entry with its name, which is valid during the call. */
void exports_visit(const struct module *module,
                   void (*visit)(void *context, const char *name, const struct export *export),
                   void *context);

#endif
