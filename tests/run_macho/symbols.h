/* Symbols: from a name and where to look for it to an address. */
#ifndef VAFIT_RUN_MACHO_SYMBOLS_H
#define VAFIT_RUN_MACHO_SYMBOLS_H

#include "process.h"

#include <stdbool.h>
#include <stdint.h>

/* Library ordinals that are no index of a dylib. */
enum special_ordinal { ORDINAL_SELF = 0, ORDINAL_MAIN = -1, ORDINAL_FLAT = -2, ORDINAL_WEAK = -3 };

/* What one image asks of others. */
struct wish {
    const struct module *module; /* who asks */
    const char *name;
    int64_t ordinal; /* of its dylibs from 1, or a special_ordinal */
    bool may_miss;   /* a weak import: 0 when nobody has it */
};

struct definition {
    uint64_t address;
    bool weak; /* gives way to a definition that is not */
};

/* The address of what is wished for. Ends the run when nobody has it. */
uint64_t symbols_bind(const struct process *process, const struct wish *wish);
/* Looks in the module's exports and in those of the dylibs it re-exports. */
bool symbols_in_module(const struct module *module, const char *name,
                       struct definition *definition);
/* Looks in all modules in loading order, then in the host. */
bool symbols_flat(const struct process *process, const char *name, struct definition *definition);
/* The definition that all images share that have weak ones: the first that is not weak, otherwise
 * the first. */
bool symbols_coalesced(const struct process *process, const char *name,
                       struct definition *definition);

#endif
