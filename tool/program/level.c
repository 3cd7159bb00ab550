#include "program/level.h"

#include <string.h>

static const struct level table[] = {
    {"align", "nothing: parts get their alignment", SYMBOL_NONE, false, true},
    {"lossless", "strings that are there twice, and gaps", SYMBOL_NONE, false, false},
    {"debug-map", "the debug map", SYMBOL_STAB, false, false},
    {"locals", "the debug map and local symbols", SYMBOL_LOCAL, false, false},
    {"symbols", "all symbols; exports and fixups stay", SYMBOL_GLOBAL, false, false},
    {"exports", "all symbols, and the exports that no image of the programs imports", SYMBOL_GLOBAL,
     true, false},
};

const struct level *level_row(size_t i) {
    return i < sizeof table / sizeof table[0] ? &table[i] : NULL;
}

const char *level_name(size_t i) {
    const struct level *level = level_row(i);
    return level == NULL ? NULL : level->name;
}

const char *level_name_alone(size_t i) {
    const struct level *level = level_row(i);
    return level == NULL || level->drops_exports ? NULL : level->name;
}

const struct level *level_named(const char *name) {
    for (size_t i = 0; level_row(i) != NULL; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

bool level_drops(const struct level *level, enum symbol_use use) {
    return use <= level->drops_upto;
}
