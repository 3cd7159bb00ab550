/* Who fills the symbol tables: the prefixes of names that take the most bytes. */
#ifndef VAFIT_PROGRAM_TOP_NAMES_H
#define VAFIT_PROGRAM_TOP_NAMES_H

#include "base/arena.h"
#include "base/error.h"
#include "macho/name_prefix.h"
#include "program/load_order.h"

#include <stddef.h>
#include <stdint.h>

struct names_size {
    uint64_t strings; /* bytes of the string pool, a string once however many symbols use it */
    uint64_t entries; /* bytes of the symbol table */
    uint64_t count;   /* symbols */
};

/* The names that begin with a prefix, without those of longer prefixes in the same list. */
struct top_name {
    const char *prefix; /* "absl::", in the arena; "" for all others of its kind */
    enum name_kind kind;
    struct names_size size;
};

struct top_names {
    struct top_name *items; /* the most bytes first */
    size_t count;
    size_t capacity;
    struct names_size rest;  /* of all other names */
    struct names_size total; /* the rows and the rest; what no symbol uses is in none */
};

/* Reads the symbol tables of all images of a program and finds at most `most` prefixes: each as
 * long as it can be while it has its share of bytes, the share being as small as leaves no more
 * than `most`. A string that is the end of another one counts for that one. Prefixes beyond a
 * quarter of a million count for the shorter ones. Errors, naming the file: ERROR_IO. */
bool top_names_find(struct arena *arena, const struct program *program, size_t most,
                    struct top_names *names, struct error *error);

#endif
