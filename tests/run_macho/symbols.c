#include "symbols.h"

#include "exports.h"
#include "fail.h"
#include "host.h"

#include <inttypes.h>

enum {
    MOST_REEXPORTS = 100 /* in a row; more are a circle */
};

static bool search(const struct module *module, const char *name, int depth,
                   struct definition *definition);

static bool search_reexport(const struct module *module, const struct export *export, int depth,
                            struct definition *definition) {
    if (export->ordinal == 0 || export->ordinal > module->image.dylibs.count)
        fail(module->path, export->imported, "is re-exported from dylib %" PRIu64 ", which is none",
             export->ordinal);
    return search(module->dylibs[export->ordinal - 1], export->imported, depth + 1, definition);
}

static bool search(const struct module *module, const char *name, int depth,
                   struct definition *definition) {
    struct export export;
    if (module == NULL || depth > MOST_REEXPORTS)
        return false;
    if (module->host)
        return *definition = (struct definition){host_address(name), false},
               definition->address != 0;
    if (exports_find(module, name, &export)) {
        if (export.reexport)
            return search_reexport(module, &export, depth, definition);
        *definition = (struct definition){export.address, export.weak};
        return true;
    }
    for (size_t i = 0; i < module->image.dylibs.count; i++)
        if (module->image.dylibs.items[i].reexport &&
            search(module->dylibs[i], name, depth + 1, definition))
            return true;
    return false;
}

bool symbols_in_module(const struct module *module, const char *name,
                       struct definition *definition) {
    return search(module, name, 0, definition);
}

bool symbols_flat(const struct process *process, const char *name, struct definition *definition) {
    for (size_t i = 0; i < process->count; i++)
        if (search(process->items[i], name, 0, definition))
            return true;
    return search(process_host(), name, 0, definition);
}

/* Images that have none are not looked in (dyld: Loader.cpp, resolveSymbol). */
static bool has_weak_definitions(const struct module *module) {
    return (bytes_u32(module->file, MACH_HEADER_FLAGS) & MH_WEAK_DEFINES) != 0;
}

bool symbols_coalesced(const struct process *process, const char *name,
                       struct definition *definition) {
    struct export export;
    bool found = false;
    for (size_t i = 0; i < process->count; i++) {
        const struct module *module = process->items[i];
        if (!has_weak_definitions(module) || !exports_find(module, name, &export) ||
            export.reexport)
            continue;
        if (!found || !export.weak)
            *definition = (struct definition){export.address, export.weak};
        found = true;
        if (!export.weak)
            return true;
    }
    return found || search(process_host(), name, 0, definition);
}

/* The module that a dylib ordinal names; NULL for a weak one that is missing. */
static const struct module *module_of(const struct process *process, const struct wish *wish) {
    if (wish->ordinal == ORDINAL_SELF)
        return wish->module;
    if (wish->ordinal == ORDINAL_MAIN)
        return process->items[0];
    if (wish->ordinal < 0 || (uint64_t)wish->ordinal > wish->module->image.dylibs.count)
        fail(wish->module->path, wish->name, "is wanted from dylib %" PRId64 ", which is none",
             wish->ordinal);
    return wish->module->dylibs[wish->ordinal - 1];
}

uint64_t symbols_bind(const struct process *process, const struct wish *wish) {
    struct definition definition = {0};
    if (wish->ordinal == ORDINAL_FLAT || wish->ordinal == ORDINAL_WEAK) {
        bool found = wish->ordinal == ORDINAL_FLAT
                         ? symbols_flat(process, wish->name, &definition)
                         : symbols_coalesced(process, wish->name, &definition);
        if (!found && !wish->may_miss)
            fail(wish->module->path, wish->name, "no image has the symbol");
        return found ? definition.address : 0;
    }
    const struct module *module = module_of(process, wish);
    if (symbols_in_module(module, wish->name, &definition))
        return definition.address;
    if (module != NULL && !wish->may_miss)
        fail(wish->module->path, wish->name, "the symbol is missing in %s", module->path);
    return 0;
}
