/* Levels: how much of __LINKEDIT a rewriting drops. Each includes those before it. */
#ifndef VAFIT_PROGRAM_LEVEL_H
#define VAFIT_PROGRAM_LEVEL_H

#include "macho/symtab.h"
#include "program/closed_world.h"

#include <stdbool.h>
#include <stddef.h>

struct level {
    const char *name;           /* of --level */
    const char *drops;          /* "the debug map" */
    enum symbol_use drops_upto; /* symbols of this use, and of those before it, go */
    bool drops_exports;         /* and the exports that a closed world does not keep */
    bool only_aligns;           /* parts keep their bytes, and their places where these will do */
};

/* What a rewriting drops, and what its image may lack then. */
struct losses {
    const struct level *level;        /* the symbols of that level */
    const struct closed_world *world; /* at a level that drops exports: the others stay */
    bool unclaimed;                   /* the bytes that no table reaches (macho/unclaimed.h) */
};

/* The levels from the least to the most, NULL after the last. */
const struct level *level_row(size_t i);
/* The name of level i; NULL after the last. */
const char *level_name(size_t i);
/* Likewise, of the levels for which no other image has to be known. */
const char *level_name_alone(size_t i);
/* The level of that name, or NULL. */
const struct level *level_named(const char *name);
/* Whether a rewriting at that level drops a symbol of that use. */
bool level_drops(const struct level *level, enum symbol_use use);

#endif
