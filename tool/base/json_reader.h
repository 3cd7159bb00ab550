/* JSON readers: members of objects read one by one, with errors that say where. */
#ifndef VAFIT_BASE_JSON_READER_H
#define VAFIT_BASE_JSON_READER_H

#include "base/arena.h"
#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the reading is. Strings that are read live in the arena. */
struct json_reader {
    struct arena *arena;
    struct error *error;
    char at[128]; /* the object being read: "images[3].slices[0]"; "" for the whole */
};

/* Errors of all that follow: ERROR_MALFORMED naming "images[3].MEMBER". */
bool json_reject(const struct json_reader *reader, const char *member, const char *what);
/* A reader for element i of the list that is member `name`. */
struct json_reader json_reader_element(const struct json_reader *reader, const char *name,
                                       size_t i);
/* A reader for the object that is member `name`. */
struct json_reader json_reader_member(const struct json_reader *reader, const char *name);

/* A number from 0 to `most`; `what` is said of any other value. */
bool json_read_number(const struct json_reader *reader, const json_t *object, const char *member,
                      uint64_t most, const char *what, uint64_t *number);
bool json_read_string(const struct json_reader *reader, const json_t *object, const char *member,
                      const char **string);
bool json_read_flag(const struct json_reader *reader, const json_t *object, const char *member,
                    bool *flag);
/* Calls read(reader of the element, element, context) for every element of a list. */
bool json_read_each(const struct json_reader *reader, const json_t *object, const char *member,
                    bool (*read)(struct json_reader *, const json_t *, void *), void *context);

#endif
