/* Options that several verbs share, as groups of rows: a verb's options hold the group as a member
 * and its table begins with the group's rows. */
#ifndef VAFIT_VERBS_COMMON_OPTIONS_H
#define VAFIT_VERBS_COMMON_OPTIONS_H

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "program/load_order.h"

#include <stdbool.h>

/* Where results go. */
struct output_options {
    const char *output;  /* --output; NULL for standard output */
    const char *depfile; /* --depfile; NULL for none */
};

#define OUTPUT_ROWS(type, group)                                                                   \
    {"output",    'o',                                                                             \
     OPTION_TEXT, offsetof(type, group.output),                                                    \
     "FILE",      "write the result to FILE, unless FILE has it already; - prints it",             \
     NULL},                                                                                        \
    {                                                                                              \
        "depfile", 0, OPTION_TEXT, offsetof(type, group.depfile), "FILE",                          \
            "list in FILE the files that were read, for a build tool; needs --output", NULL        \
    }

/* Where images are looked for. */
struct search_options {
    const char *arch; /* --arch; NULL for all */
    const char *sysroot;
    struct string_list folders; /* --search */
    struct string_list insert;
    struct string_list facts; /* --facts */
    const char *program;      /* --program; NULL for none */
};

#define SEARCH_ROWS(type, group)                                                                   \
    {"arch",                                                                                       \
     0,                                                                                            \
     OPTION_CHOICE,                                                                                \
     offsetof(type, group.arch),                                                                   \
     "ARCH",                                                                                       \
     "only this architecture of a universal file: " OPTION_CHOICES,                                \
     &architecture_choices},                                                                       \
        {"sysroot",   0,                                                                           \
         OPTION_TEXT, offsetof(type, group.sysroot),                                               \
         "DIR",       "look absolute install names up below DIR first",                            \
         NULL},                                                                                    \
        {"search",    0,                                                                           \
         OPTION_EACH, offsetof(type, group.folders),                                               \
         "DIR",       "look in DIR for dylibs that are nowhere else; repeatable",                  \
         NULL},                                                                                    \
        {"program",   0,                                                                           \
         OPTION_TEXT, offsetof(type, group.program),                                               \
         "FILE",      "the program, or its bundle, that loads the plug-ins and dylibs given",      \
         NULL},                                                                                    \
        {"insert",    0,                                                                           \
         OPTION_EACH, offsetof(type, group.insert),                                                \
         "FILE",      "load FILE first, as DYLD_INSERT_LIBRARIES does; repeatable",                \
         NULL},                                                                                    \
    {                                                                                              \
        "facts", 0, OPTION_MANY, offsetof(type, group.facts), "FILE...",                           \
            "read what `vafit scan` wrote in place of the images; takes all up to the next "       \
            "option",                                                                              \
            NULL                                                                                   \
    }

/* --color, of every verb; what it says holds for the process (base/terminal.h). */
#define COLOR_ROW(type)                                                                            \
    { "color", 0, OPTION_CHOICE, offsetof(type, color), "WHEN", OPTION_CHOICES, &color_choices }

/* Of --color, which is also how a table's row of it is told. */
extern const struct option_choices color_choices;

/* Of --arch, and of --format where there is no other. */
extern const struct option_choices architecture_choices, text_or_json;
/* Whether the value of such a --format asks for JSON; NULL for the default. */
bool wants_json(const char *format);

/* Whether the output options make sense together; an --output of "-" becomes that of none. Errors:
 * ERROR_USAGE. */
bool output_options_valid(struct output_options *options, struct error *error);
/* No result is written over a file that was read, by whatever name or link it was found: whether
 * what output_put would replace at `path`, that of --`option`, is none of `inputs`. NULL is no
 * path. Errors: ERROR_USAGE. */
bool result_spares(const char *option, const char *path, const struct string_list *inputs,
                   struct error *error);
/* Likewise of both places of the options. output_write asks; whoever changes files before that asks
 * before it does. */
bool output_spares(const struct output_options *options, const struct string_list *inputs,
                   struct error *error);
/* Whether neither place of the options is where the run puts an image, one of `targets`; NULL is
 * none. Errors: ERROR_USAGE. */
bool output_leaves_room(const struct output_options *options, const char *const *targets,
                        size_t count, struct error *error);
/* Writes `text` where the options say, and the depfile of `inputs`. Errors: ERROR_IO, also for a
 * name that no depfile can hold, and ERROR_USAGE, those of output_spares; nothing is written
 * then. */
bool output_write(const struct output_options *options, const struct text *text,
                  const struct string_list *inputs, struct error *error);

/* Adds the options as a command line has them, each after a space; without --facts, which stand for
 * files. */
void search_options_again(const struct search_options *options, struct text *text);
/* The library the options call for: of facts, or of the files on disk. NULL after an error. */
struct image_cache *search_open_cache(const struct search_options *options, struct error *error);
/* Where program_walk looks. */
struct search search_of(const struct search_options *options);
/* Finds what an operand names, and the slices that --arch leaves of it. Malformed images go to
 * image_cache_errors. Errors: ERROR_IO and ERROR_MALFORMED, for what is not there. */
struct image_file *search_find(const struct search_options *options, struct image_cache *cache,
                               const char *operand, struct error *error);
/* Finds what an operand names, whatever its slices, and reads all its images. NULL when that cannot
 * be had or an image is malformed; the errors go to image_cache_errors, each once. */
struct image_file *operand_read(struct image_cache *cache, const char *operand);
/* Whether slice i of the file is one that --arch leaves. */
bool search_takes(const struct search_options *options, const struct image_slice *slice);

#endif
