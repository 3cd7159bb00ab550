#include "base/plist.h"

#include <stdlib.h>
#include <string.h>

/* --- text --- */

static struct bytes rest_of(const struct plist_reader *reader) {
    return (struct bytes){reader->text.data + reader->at, reader->text.size - reader->at};
}

static bool reject(const struct plist_reader *reader, struct error *error, const char *what) {
    return error_malformed(error, "property list", "byte %zu: %s", reader->at, what);
}

static bool begins(struct bytes bytes, const char *text) {
    size_t size = strlen(text);
    return bytes.size >= size && memcmp(bytes.data, text, size) == 0;
}

static bool is_space(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Where `text` first stands in `bytes`; false for nowhere. */
static bool find(struct bytes bytes, const char *text, size_t *at) {
    const uint8_t *end = bytes.data + bytes.size, *found = bytes.data;
    for (; (found = memchr(found, text[0], (size_t)(end - found))) != NULL; found++) {
        *at = (size_t)(found - bytes.data);
        if (begins((struct bytes){found, bytes.size - *at}, text))
            return true;
    }
    return false;
}

/* --- between the elements --- */

static void skip_spaces(struct plist_reader *reader) {
    while (reader->at < reader->text.size && is_space(reader->text.data[reader->at]))
        reader->at++;
}

/* Comments, processing instructions and the document type; false at anything else, or after an
 * error, which has a kind then. */
static bool skip_aside(struct plist_reader *reader, struct error *error) {
    static const struct {
        const char *begin, *end;
    } asides[] = {{"<!--", "-->"}, {"<?", "?>"}, {"<!DOCTYPE", ">"}};
    struct bytes rest = rest_of(reader);
    size_t size, inner;
    for (size_t i = 0; i < sizeof asides / sizeof asides[0]; i++) {
        if (!begins(rest, asides[i].begin))
            continue;
        size_t start = strlen(asides[i].begin);
        struct bytes body = {rest.data + start, rest.size - start};
        if (!find(body, asides[i].end, &size))
            return reject(reader, error, "a comment or declaration without an end");
        if (i == 2 && find((struct bytes){body.data, size}, "[", &inner))
            return reject(reader, error, "a document type with declarations of its own");
        reader->at += start + size + strlen(asides[i].end);
        return true;
    }
    return false;
}

static bool skip_between(struct plist_reader *reader, struct error *error) {
    error->kind = ERROR_NONE;
    do
        skip_spaces(reader);
    while (skip_aside(reader, error));
    return error->kind == ERROR_NONE;
}

/* --- elements --- */

/* "<name attributes/>" */
struct tag {
    struct bytes name;
    bool is_end;  /* </name> */
    bool is_both; /* <name/> */
};

/* The '>' that ends the tag at the start of `bytes`, not one in the value of an attribute. */
static bool find_end(struct bytes bytes, size_t *end) {
    uint8_t quote = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t byte = bytes.data[i];
        if (quote == 0 && byte == '>') {
            *end = i;
            return true;
        }
        if (quote == 0 && (byte == '"' || byte == '\''))
            quote = byte;
        else if (byte == quote)
            quote = 0;
    }
    return false;
}

static bool read_tag(struct plist_reader *reader, struct tag *tag, struct error *error) {
    struct bytes rest = rest_of(reader);
    size_t end, size = 0;
    if (rest.size == 0 || rest.data[0] != '<' || begins(rest, "<!") || !find_end(rest, &end))
        return reject(reader, error, "no element of a property list");
    tag->is_end = end > 1 && rest.data[1] == '/';
    tag->is_both = !tag->is_end && end > 1 && rest.data[end - 1] == '/';
    tag->name.data = rest.data + (tag->is_end ? 2 : 1);
    while (tag->name.data + size < rest.data + end - tag->is_both &&
           !is_space(tag->name.data[size]))
        size++;
    tag->name.size = size;
    reader->at += end + 1;
    return true;
}

static bool is_named(const struct tag *tag, const char *name) {
    return tag->name.size == strlen(name) && memcmp(tag->name.data, name, tag->name.size) == 0;
}

static struct plist_level *level_of(struct plist_reader *reader) {
    return reader->depth == 0 ? NULL : &reader->levels[reader->depth - 1];
}

/* Whether an element of the kind may stand here; counts it. */
static bool takes(struct plist_reader *reader, enum plist_token token, struct error *error) {
    struct plist_level *level = level_of(reader);
    if (level == NULL) {
        if (token == PLIST_KEY || reader->has_root)
            return reject(reader, error, "a second value, or a key outside a dictionary");
        reader->has_root = true;
        return true;
    }
    if ((token == PLIST_KEY) != (level->is_dict && !level->has_key))
        return reject(reader, error, "a key without a value, or a value without a key");
    level->has_key = token == PLIST_KEY;
    return true;
}

static bool open_container(struct plist_reader *reader, const struct tag *tag, bool is_dict,
                           struct error *error) {
    if (reader->depth == PLIST_MOST_DEPTH)
        return reject(reader, error, "too many levels");
    reader->levels[reader->depth++] = (struct plist_level){.is_dict = is_dict};
    reader->closes = tag->is_both;
    return true;
}

static bool close_container(struct plist_reader *reader, enum plist_token *token,
                            struct error *error) {
    const struct plist_level *level = level_of(reader);
    if (level->has_key)
        return reject(reader, error, "a key without a value");
    *token = level->is_dict ? PLIST_DICT_END : PLIST_ARRAY_END;
    reader->depth--;
    reader->closes = false;
    return true;
}

/* The content of an element that holds text alone. */
static bool read_content(struct plist_reader *reader, const struct tag *tag, struct error *error) {
    struct bytes rest = rest_of(reader);
    struct tag end;
    size_t size = 0;
    reader->content = (struct bytes){rest.data, 0};
    if (tag->is_both)
        return true;
    if (!find(rest, "<", &size))
        return reject(reader, error, "an element without an end");
    reader->content.size = size;
    reader->at += size;
    return read_tag(reader, &end, error) &&
           ((end.is_end && end.name.size == tag->name.size &&
             memcmp(end.name.data, tag->name.data, end.name.size) == 0) ||
            reject(reader, error, "an element inside a text"));
}

static const struct {
    const char *name;
    enum plist_token token;
} elements[] = {
    {"dict", PLIST_DICT},  {"array", PLIST_ARRAY}, {"key", PLIST_KEY},     {"string", PLIST_STRING},
    {"data", PLIST_DATA},  {"true", PLIST_OTHER},  {"false", PLIST_OTHER}, {"integer", PLIST_OTHER},
    {"real", PLIST_OTHER}, {"date", PLIST_OTHER},
};

static bool begin_element(struct plist_reader *reader, const struct tag *tag,
                          enum plist_token *token, struct error *error) {
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        if (!is_named(tag, elements[i].name))
            continue;
        *token = elements[i].token;
        if (!takes(reader, *token, error))
            return false;
        return *token == PLIST_DICT || *token == PLIST_ARRAY
                   ? open_container(reader, tag, *token == PLIST_DICT, error)
                   : read_content(reader, tag, error);
    }
    return reject(reader, error, "no element of a property list");
}

static bool end_element(struct plist_reader *reader, const struct tag *tag, enum plist_token *token,
                        struct error *error) {
    const struct plist_level *level = level_of(reader);
    if (level == NULL || !is_named(tag, level->is_dict ? "dict" : "array"))
        return reject(reader, error, "the end of an element that did not begin");
    return close_container(reader, token, error);
}

/* After the value: "</plist>" and nothing else. */
static bool read_end(struct plist_reader *reader, enum plist_token *token, struct error *error) {
    struct tag tag;
    *token = PLIST_END;
    return read_tag(reader, &tag, error) &&
           ((tag.is_end && is_named(&tag, "plist")) ||
            reject(reader, error, "a second value in the list")) &&
           skip_between(reader, error) &&
           (reader->at == reader->text.size || reject(reader, error, "more after the list"));
}

static bool read_begin(struct plist_reader *reader, struct error *error) {
    struct tag tag;
    if (reader->at == 0 && begins(reader->text, "\xef\xbb\xbf"))
        reader->at = 3;
    return skip_between(reader, error) && read_tag(reader, &tag, error) &&
           ((is_named(&tag, "plist") && !tag.is_end && !tag.is_both) ||
            reject(reader, error, "no property list"));
}

bool plist_next(struct plist_reader *reader, enum plist_token *token, struct error *error) {
    struct tag tag;
    if (reader->closes)
        return close_container(reader, token, error);
    if (!reader->has_root && !read_begin(reader, error))
        return false;
    if (!skip_between(reader, error))
        return false;
    if (reader->has_root && reader->depth == 0)
        return read_end(reader, token, error);
    if (!read_tag(reader, &tag, error))
        return false;
    return tag.is_end ? end_element(reader, &tag, token, error)
                      : begin_element(reader, &tag, token, error);
}

bool plist_skip(struct plist_reader *reader, enum plist_token token, struct error *error) {
    size_t depth = reader->depth;
    bool read = true;
    if (token != PLIST_DICT && token != PLIST_ARRAY)
        return true;
    while (read && reader->depth >= depth)
        read = plist_next(reader, &token, error);
    return read;
}

/* --- entities --- */

static size_t put_utf8(char *out, unsigned long code) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t extra = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(leads[extra] | code >> 6 * extra);
    for (size_t i = 1; i <= extra; i++)
        out[i] = (char)(0x80 | (code >> 6 * (extra - i) & 0x3f));
    return extra + 1;
}

/* What stands between '&' and ';', NUL-terminated; 0 for no entity. */
static unsigned long entity_code(const char *name) {
    static const struct {
        const char *name;
        char code;
    } named[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (strcmp(name, named[i].name) == 0)
            return (unsigned char)named[i].code;
    if (name[0] != '#')
        return 0;
    bool is_hex = name[1] == 'x';
    const char *digits = name + (is_hex ? 2 : 1);
    size_t size = strlen(digits);
    if (size == 0 || strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789") != size)
        return 0;
    unsigned long code = strtoul(digits, NULL, is_hex ? 16 : 10);
    return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : code;
}

/* One entity at content[*at], which is '&'; nothing is longer in UTF-8 than as an entity. */
static bool put_entity(struct bytes content, size_t *at, char *out, size_t *size) {
    char name[12] = "";
    size_t length = 0;
    for (++*at; *at < content.size && content.data[*at] != ';'; ++*at) {
        if (length + 1 == sizeof name)
            return false;
        name[length++] = (char)content.data[*at];
    }
    unsigned long code = *at < content.size ? entity_code(name) : 0;
    if (code != 0)
        *size += put_utf8(out + *size, code);
    return code != 0;
}

char *plist_text(struct arena *arena, struct bytes content, struct error *error) {
    char *out = arena_take(arena, content.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < content.size; i++) {
        bool good = content.data[i] != '\0';
        if (content.data[i] == '&')
            good = put_entity(content, &i, out, &size);
        else
            out[size++] = (char)content.data[i];
        if (!good) {
            error_malformed(error, "property list", "a NUL, or an entity that XML does not have");
            return NULL;
        }
    }
    return out;
}

/* --- one string --- */

static bool xml_string(struct arena *arena, struct bytes list, const char *key, char **value,
                       struct error *error) {
    struct plist_reader reader = {.text = list};
    enum plist_token token;
    if (!plist_next(&reader, &token, error))
        return false;
    if (token != PLIST_DICT)
        return reject(&reader, error, "no dictionary");
    for (;;) {
        if (!plist_next(&reader, &token, error) || token == PLIST_DICT_END)
            return token == PLIST_DICT_END && plist_next(&reader, &token, error);
        const char *name = plist_text(arena, reader.content, error);
        if (name == NULL || !plist_next(&reader, &token, error))
            return false;
        if (token == PLIST_STRING && strcmp(name, key) == 0)
            *value = plist_text(arena, reader.content, error);
        if ((token == PLIST_STRING && strcmp(name, key) == 0 && *value == NULL) ||
            !plist_skip(&reader, token, error))
            return false;
    }
}

bool plist_string(struct arena *arena, struct bytes list, const char *key, char **value,
                  struct error *error) {
    *value = NULL;
    return (begins(list, "bplist00") ? plist_binary_string : xml_string)(arena, list, key, value,
                                                                         error);
}
