/* The symbol table of a made-up image and its string pool.
 *
 * The image is taken to be compiled from source files that each define some functions and
 * variables, as its shape has it. In the order of the table it has: for each file its debug map
 * (N_SO once or twice, N_OSO, for each function N_FUN twice, perhaps between N_BNSYM and N_ENSYM,
 * for each variable N_GSYM or N_STSYM, a closing N_SO); for each file its local symbols and private
 * external ones; the exported ones by name; the undefined ones. Three quarters to nine tenths of
 * the entries are stabs or locals. Every name a stab carries is a copy of its own in the pool, as
 * ld64.lld-19 writes them, or, where strings are merged, the one that the symbol has too.
 *
 * Where functions are requested, it is compiled from Rust instead: object files of many functions
 * each, whose names stand in the debug map alone (N_SO, N_SO, N_OSO, for each function N_BNSYM,
 * N_FUN, N_FUN, N_ENSYM, a closing N_SO); there are no local symbols, and no exports but _main.
 *
 * A table may have millions of entries, so all but exports and imports is made anew each time it is
 * walked: once to see how much fits, once to write it.
 *
 * The order of calls: symbols_expect, symbols_place, symbols_fit, then the rest. */
#ifndef MAKE_MACHO_SYMBOLS_H
#define MAKE_MACHO_SYMBOLS_H

#include "buffer.h"
#include "output.h"
#include "shape.h"

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NLIST_SIZE = 16,
    EXPORTS_MOST = 200000, /* per image, so that tries stay quick to write */
    IMPORTS_MOST = 20000,  /* their names must stay within the 8 MiB an import can address */
};

/* How many symbols an image shall have. */
struct symbol_request {
    size_t entries;   /* exactly so many, unless `bytes` allows for more than about a hundred */
    uint64_t bytes;   /* of entries and strings together; 0 when only `entries` counts */
    size_t functions; /* of a program in Rust; when there are any, the numbers above do not count */
    size_t name_length; /* average bytes of their names */
    const struct shape *shape;
    bool merges_strings; /* no name is in the pool twice */
};

/* Part of an image that symbols can point into. */
struct place {
    uint64_t address; /* unslid */
    uint64_t size;    /* bytes */
    uint8_t section;  /* number in the image, from 1 */
};

/* A library that undefined symbols come from. */
struct supplier {
    const char *component; /* see names.h; NULL for libSystem */
    uint8_t ordinal;       /* its place among the load commands, from 1 to 240 */
    bool is_weak;          /* linked weakly: so are its symbols */
    size_t exports;        /* how many of its names are sure to be there */
};

struct export_symbol {
    const char *name;
    uint64_t address;  /* unslid */
    uint8_t section;   /* from 1 */
    size_t definition; /* of which file's, counted through all files */
};

struct import_symbol {
    const char *name;
    const struct supplier *supplier;
};

struct symbols {
    /* Set by the caller; the strings and suppliers are its own. */
    const char *component; /* see names.h */
    bool has_main;         /* the first function is called _main */
    const struct supplier *suppliers;
    size_t supplier_count;
    struct symbol_request request;

    /* Set by symbols_expect. */
    bool is_counted;     /* the request's entries are, the bytes being too few to be filled */
    size_t files;        /* source files with a debug map; final after symbols_fit */
    size_t loose;        /* local symbols beyond those of the files, without stabs */
    size_t export_count; /* final */
    size_t import_count; /* final */

    /* Set by symbols_place. */
    struct place text;             /* of functions */
    struct place data;             /* of variables */
    uint64_t spacing;              /* bytes a function takes on average */
    uint64_t slots;                /* how many functions the text has room for */
    struct export_symbol *exports; /* by name; in the arena given */
    struct import_symbol *imports; /* likewise, but in no order */
};

/* How much a symbol table takes. */
struct symbols_size {
    size_t locals;    /* entries: stabs among them */
    size_t entries;   /* all of them */
    uint64_t strings; /* bytes of the pool */
};

/* How many symbols an image with that component and request exports, whatever else it is. */
size_t symbols_export_count(const char *component, const struct symbol_request *request);

/* Decides how many exports and imports there are; at most `import_limit` of the latter. */
void symbols_expect(struct symbols *symbols, size_t import_limit);
/* Says where definitions lie and makes exports and imports. With data.section 0 all lies in text.
 */
void symbols_place(struct symbols *symbols, struct arena *arena, struct place text,
                   struct place data);
/* Where bytes were requested, takes as many source files as they allow, and no more than `room`
 * bytes hold of entries, strings and function starts. */
void symbols_fit(struct symbols *symbols, uint64_t room);

struct symbols_size symbols_measure(const struct symbols *symbols);
/* The address of function `index`; beyond `slots` they start over. Number 0 starts the text. */
uint64_t symbols_function(const struct symbols *symbols, size_t index);
/* The content of LC_FUNCTION_STARTS, `base` being the address of the header. */
void symbols_function_starts(const struct symbols *symbols, uint64_t base, struct buffer *buffer);
/* Entries and strings side by side. What fails shows in stream_end(). */
void symbols_write(const struct symbols *symbols, struct stream *entries, struct stream *strings);

#endif
