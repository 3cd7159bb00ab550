/* Plain JSON: a text as a tree of what most JSON is made of. Texts that vafit wrote itself, in
 * which strings are ASCII without escapes and numbers are whole, are read in one pass, and keep
 * their strings where they are; jansson reads all others, and says what is wrong with them. */
#ifndef VAFIT_BASE_PLAIN_JSON_H
#define VAFIT_BASE_PLAIN_JSON_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json_reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum plain_kind {
    PLAIN_OTHER, /* null, and numbers below 0 or with a fraction or exponent */
    PLAIN_NUMBER,
    PLAIN_STRING,
    PLAIN_FLAG,
    PLAIN_LIST,
    PLAIN_OBJECT
};

/* A value. Strings have a size and no NUL after them. */
struct plain_json {
    enum plain_kind kind;
    bool flag;
    uint64_t number;
    const char *name; /* of a member */
    size_t name_size;
    const char *string;
    size_t string_size;
    const struct plain_json *first; /* of its elements or members, in their order */
    const struct plain_json *next;  /* to it */
};

/* The tree of a text, in the arena; strings stay in the text or are in the arena. Objects with a
 * member twice are refused. Errors: ERROR_MALFORMED, with the line. NULL then. */
const struct plain_json *plain_json_read(struct arena *arena, const char *text, size_t size,
                                         struct error *error);

/* The member of that name; NULL where there is none or the value is no object. */
const struct plain_json *plain_json_get(const struct plain_json *object, const char *name);
/* Whether it is that string; false for NULL too. */
bool plain_json_is(const struct plain_json *value, const char *string);

/* As those of base/json_reader.h. */
bool plain_read_number(const struct json_reader *reader, const struct plain_json *object,
                       const char *member, uint64_t most, const char *what, uint64_t *number);
bool plain_read_string(const struct json_reader *reader, const struct plain_json *object,
                       const char *member, const char **string);
bool plain_read_flag(const struct json_reader *reader, const struct plain_json *object,
                     const char *member, bool *flag);
bool plain_read_each(const struct json_reader *reader, const struct plain_json *object,
                     const char *member,
                     bool (*read)(struct json_reader *, const struct plain_json *, void *),
                     void *context);

#endif
