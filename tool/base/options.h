/* Command lines from tables: a verb lists its options as rows, each naming the member it fills. */
#ifndef VAFIT_BASE_OPTIONS_H
#define VAFIT_BASE_OPTIONS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Strings given one or more times. */
struct string_list {
    const char **items;
    size_t count;
    size_t capacity;
};

/* What an option takes, and the type of the member it fills. */
enum option_kind {
    OPTION_FLAG,   /* nothing; bool, set to true */
    OPTION_TEXT,   /* a string; const char * */
    OPTION_SIZE,   /* bytes as size_parse reads them; struct size_option */
    OPTION_COUNT,  /* a whole number; unsigned */
    OPTION_CHOICE, /* one of `choices`; const char * */
    OPTION_EACH,   /* a string, repeatable; struct string_list */
    OPTION_MANY,   /* all arguments up to the next option; struct string_list */
};

/* A size option: the bytes and whether they were given. */
struct size_option {
    uint64_t bytes;
    bool given;
};

/* What an option may be given, from the table that knows it. OPTION_SIZE has `usual` alone:
 * option_in_mib or option_in_gib. */
struct option_choices {
    const char *(*choice)(size_t i); /* the i-th, NULL after the last */
    const char *(*value)(size_t i);  /* of an option CHOICE=VALUE: the i-th value; else NULL */
    const char *usual;               /* the choice that is the default, several with spaces between
                                        them, or NULL. OPTION_SIZE: less
                                        than 1 MiB wants a unit, most likely this one */
    const char *other;               /* what is taken beside the choices, "a JSON file"; or NULL */
};

struct option_row {
    const char *name; /* without the dashes */
    char letter;      /* the short form; 0 for none */
    enum option_kind kind;
    size_t member;           /* offsetof in the options the verb fills */
    const char *placeholder; /* what the usage text calls the argument; NULL for a flag. A word in
                                small letters stands for itself: "DIR|none" */
    const char *help;        /* one line; OPTION_CHOICES in it stands for the list of the choices */
    const struct option_choices *choices; /* of OPTION_CHOICE; may be NULL for all others */
};

#define OPTION_CHOICES "{choices}"

/* The units of sizes of address space and memory, of which nobody means 16 bytes. */
extern const struct option_choices option_in_mib, option_in_gib;

/* A command line and the table of its options. */
struct command_line {
    int argc;
    char **argv;
    const struct option_row *rows;
    size_t row_count;
};

/* Fills *target by the rows and collects what is no option in *operands, in order. Strings point
 * into argv. Errors: ERROR_USAGE naming the option. */
bool options_parse(struct arena *arena, const struct command_line *line, void *target,
                   struct string_list *operands, struct error *error);

/* Whether the option takes an argument. */
bool option_takes_argument(const struct option_row *row);
/* Writes a row's help with its choices: "lossless, debug-map (default), locals or symbols". */
void option_help(const struct option_row *row, struct text *out);
/* Prints one line a row: forms, placeholder, help. */
void options_print(FILE *stream, const struct option_row *rows, size_t row_count);

/* Add an option as a shell reads it, after a space: " --search 'my build'"; nothing for NULL or one
 * that was not given. */
void options_add(struct text *text, const char *name, const char *value);
void options_add_each(struct text *text, const char *name, const struct string_list *values);
void options_add_size(struct text *text, const char *name, const struct size_option *size);

#endif
