/* Property lists, as far as bundles want them: Info.plist in both its forms, and CodeResources with
 * the place of every value, so that one can be changed where it stands.
 *
 * Sources: plist(5), Apple's PropertyList-1.0.dtd; of the binary form CoreFoundation's
 * CFBinaryPList.c and ForFoundationOnly.h. */
#ifndef VAFIT_BASE_PLIST_H
#define VAFIT_BASE_PLIST_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* What comes next in an XML property list. */
enum plist_token {
    PLIST_END, /* of the whole list */
    PLIST_DICT,
    PLIST_DICT_END,
    PLIST_ARRAY,
    PLIST_ARRAY_END,
    PLIST_KEY,
    PLIST_STRING,
    PLIST_DATA,
    PLIST_OTHER, /* a number, a date, true or false */
};

enum { PLIST_MOST_DEPTH = 64 };

/* A walk over an XML property list: set `text`, UTF-8, and zero the rest. */
struct plist_reader {
    struct bytes text;
    struct bytes content; /* of the key, string, data or other that was read last: what stands
                             between its tags, as it stands there */
    size_t at;
    size_t depth; /* containers that are open */
    bool has_root;
    bool closes; /* "<dict/>": its end comes next */
    struct plist_level {
        bool is_dict;
        bool has_key; /* whose value comes next */
    } levels[PLIST_MOST_DEPTH];
};

/* The next token. Errors: ERROR_MALFORMED with the byte, also for what no property list of today
 * has: CDATA, a document type with declarations of its own, more than PLIST_MOST_DEPTH levels. */
bool plist_next(struct plist_reader *reader, enum plist_token *token, struct error *error);
/* After PLIST_DICT or PLIST_ARRAY: reads up to its end. Does nothing after other tokens. */
bool plist_skip(struct plist_reader *reader, enum plist_token token, struct error *error);
/* What the content of a key or string means, its entities replaced; in the arena. NULL after an
 * error: ERROR_MALFORMED for an entity that XML does not have, or a NUL. */
char *plist_text(struct arena *arena, struct bytes content, struct error *error);

/* The string of `key` in the dictionary that a property list, XML or binary, is. False after an
 * error, ERROR_MALFORMED; *value is NULL where there is none. In the arena. */
bool plist_string(struct arena *arena, struct bytes list, const char *key, char **value,
                  struct error *error);
/* The same of a binary one: "bplist00". */
bool plist_binary_string(struct arena *arena, struct bytes list, const char *key, char **value,
                         struct error *error);

#endif
