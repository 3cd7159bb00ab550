#include "base/plain_json.h"

#include <jansson.h>
#include <string.h>

/* What has more is left to jansson. */
enum { DEEPEST = 16, MOST_MEMBERS = 64, MOST_DIGITS = 18 };

/* --- the text itself --- */

struct plain_scanner {
    struct arena *arena;
    const char *at;
    const char *end;
};

static bool is_space(char byte) {
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

/* The next byte that is no space; NUL at the end. */
static char look(struct plain_scanner *scanner) {
    static const char spaces[] = "        ";
    while (scanner->end - scanner->at >= 8 && memcmp(scanner->at, spaces, 8) == 0)
        scanner->at += 8;
    while (scanner->at < scanner->end && is_space(*scanner->at))
        scanner->at++;
    return scanner->at < scanner->end ? *scanner->at : '\0';
}

static bool take(struct plain_scanner *scanner, char byte) {
    if (look(scanner) != byte)
        return false;
    scanner->at++;
    return true;
}

static bool take_word(struct plain_scanner *scanner, const char *word) {
    size_t size = strlen(word);
    if ((size_t)(scanner->end - scanner->at) < size || memcmp(scanner->at, word, size) != 0)
        return false;
    scanner->at += size;
    return true;
}

static bool scan_string(struct plain_scanner *scanner, const char **string, size_t *size) {
    if (!take(scanner, '"'))
        return false;
    *string = scanner->at;
    while (scanner->at < scanner->end && *scanner->at != '"') {
        char byte = *scanner->at++;
        if (byte < 0x20 || byte > 0x7e || byte == '\\')
            return false;
    }
    *size = (size_t)(scanner->at - *string);
    return take(scanner, '"');
}

static bool scan_number(struct plain_scanner *scanner, uint64_t *number) {
    const char *start = scanner->at;
    *number = 0;
    while (scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9')
        *number = *number * 10 + (uint64_t)(*scanner->at++ - '0');
    size_t digits = (size_t)(scanner->at - start);
    char after = scanner->at < scanner->end ? *scanner->at : '\0';
    return digits != 0 && digits <= MOST_DIGITS && (digits == 1 || *start != '0') && after != '.' &&
           after != 'e' && after != 'E';
}

static bool scan_value(struct plain_scanner *scanner, struct plain_json *value, int depth);

static bool has_member(const struct plain_json *object, const struct plain_json *member) {
    for (const struct plain_json *other = object->first; other != member; other = other->next)
        if (other->name_size == member->name_size &&
            memcmp(other->name, member->name, member->name_size) == 0)
            return true;
    return false;
}

/* Elements, or members, up to the bracket that ends them. */
static bool scan_inside(struct plain_scanner *scanner, struct plain_json *outer, char end,
                        int depth) {
    size_t count = 0;
    const struct plain_json **link = &outer->first;
    bool is_object = outer->kind == PLAIN_OBJECT;
    if (depth == DEEPEST)
        return false;
    if (take(scanner, end))
        return true;
    do {
        struct plain_json *value = arena_take(scanner->arena, sizeof *value);
        *link = value;
        link = &value->next;
        if (is_object &&
            (++count > MOST_MEMBERS || !scan_string(scanner, &value->name, &value->name_size) ||
             !take(scanner, ':') || has_member(outer, value)))
            return false;
        if (!scan_value(scanner, value, depth + 1))
            return false;
    } while (take(scanner, ','));
    return take(scanner, end);
}

/* False for whatever is not plain. */
static bool scan_value(struct plain_scanner *scanner, struct plain_json *value, int depth) {
    switch (look(scanner)) {
    case '"':
        value->kind = PLAIN_STRING;
        return scan_string(scanner, &value->string, &value->string_size);
    case '{':
        value->kind = PLAIN_OBJECT;
        scanner->at++;
        return scan_inside(scanner, value, '}', depth);
    case '[':
        value->kind = PLAIN_LIST;
        scanner->at++;
        return scan_inside(scanner, value, ']', depth);
    case 't':
    case 'f':
        value->kind = PLAIN_FLAG;
        value->flag = *scanner->at == 't';
        return take_word(scanner, value->flag ? "true" : "false");
    case 'n':
        return take_word(scanner, "null");
    default:
        value->kind = PLAIN_NUMBER;
        return scan_number(scanner, &value->number);
    }
}

static const struct plain_json *scan(struct arena *arena, const char *text, size_t size) {
    struct plain_scanner scanner = {arena, text, text + size};
    struct plain_json *root = arena_take(arena, sizeof *root);
    char first = look(&scanner);
    bool is_plain = (first == '{' || first == '[') && scan_value(&scanner, root, 0) &&
                    look(&scanner) == '\0' && scanner.at == scanner.end;
    return is_plain ? root : NULL;
}

/* --- jansson --- */

static void copy(struct arena *arena, const json_t *from, struct plain_json *to) {
    const struct plain_json **link = &to->first;
    const char *name;
    size_t i;
    json_t *inner;
    if (json_is_string(from)) {
        to->kind = PLAIN_STRING;
        to->string_size = json_string_length(from);
        to->string = arena_copy(arena, json_string_value(from), to->string_size);
    } else if (json_is_integer(from) && json_integer_value(from) >= 0) {
        to->kind = PLAIN_NUMBER;
        to->number = (uint64_t)json_integer_value(from);
    } else if (json_is_boolean(from)) {
        to->kind = PLAIN_FLAG;
        to->flag = json_is_true(from);
    } else if (json_is_array(from)) {
        to->kind = PLAIN_LIST;
        json_array_foreach(from, i, inner) {
            struct plain_json *element = arena_take(arena, sizeof *element);
            copy(arena, inner, element);
            *link = element;
            link = &element->next;
        }
    } else if (json_is_object(from)) {
        to->kind = PLAIN_OBJECT;
        json_object_foreach((json_t *)from, name, inner) {
            struct plain_json *member = arena_take(arena, sizeof *member);
            copy(arena, inner, member);
            member->name = arena_string(arena, name);
            member->name_size = strlen(name);
            *link = member;
            link = &member->next;
        }
    }
}

const struct plain_json *plain_json_read(struct arena *arena, const char *text, size_t size,
                                         struct error *error) {
    json_error_t problem;
    const struct plain_json *plain = scan(arena, text, size);
    if (plain != NULL)
        return plain;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) {
        error_malformed(error, "", "line %d: not JSON: %s", problem.line, problem.text);
        return NULL;
    }
    struct plain_json *copied = arena_take(arena, sizeof *copied);
    copy(arena, root, copied);
    json_decref(root);
    return copied;
}

/* --- members --- */

static bool is_text(const char *text, size_t size, const char *string) {
    return strncmp(text, string, size) == 0 && string[size] == '\0';
}

const struct plain_json *plain_json_get(const struct plain_json *object, const char *name) {
    const struct plain_json *member = object->kind == PLAIN_OBJECT ? object->first : NULL;
    while (member != NULL && !is_text(member->name, member->name_size, name))
        member = member->next;
    return member;
}

bool plain_json_is(const struct plain_json *value, const char *string) {
    return value != NULL && value->kind == PLAIN_STRING &&
           is_text(value->string, value->string_size, string);
}

/* The member where it is of that kind; NULL otherwise. */
static const struct plain_json *get(const struct plain_json *object, const char *name,
                                    enum plain_kind kind) {
    const struct plain_json *value = plain_json_get(object, name);
    return value != NULL && value->kind == kind ? value : NULL;
}

bool plain_read_number(const struct json_reader *reader, const struct plain_json *object,
                       const char *member, uint64_t most, const char *what, uint64_t *number) {
    const struct plain_json *value = get(object, member, PLAIN_NUMBER);
    if (value == NULL || value->number > most)
        return json_reject(reader, member, what);
    *number = value->number;
    return true;
}

bool plain_read_string(const struct json_reader *reader, const struct plain_json *object,
                       const char *member, const char **string) {
    const struct plain_json *value = get(object, member, PLAIN_STRING);
    *string = NULL;
    if (value == NULL)
        return json_reject(reader, member, "not a string");
    *string = arena_copy(reader->arena, value->string, value->string_size);
    return true;
}

bool plain_read_flag(const struct json_reader *reader, const struct plain_json *object,
                     const char *member, bool *flag) {
    const struct plain_json *value = get(object, member, PLAIN_FLAG);
    if (value == NULL)
        return json_reject(reader, member, "neither true nor false");
    *flag = value->flag;
    return true;
}

bool plain_read_each(const struct json_reader *reader, const struct plain_json *object,
                     const char *member,
                     bool (*read)(struct json_reader *, const struct plain_json *, void *),
                     void *context) {
    const struct plain_json *list = get(object, member, PLAIN_LIST);
    size_t i = 0;
    if (list == NULL)
        return json_reject(reader, member, "not a list");
    for (const struct plain_json *value = list->first; value != NULL; value = value->next) {
        struct json_reader element = json_reader_element(reader, member, i++);
        if (!read(&element, value, context))
            return false;
    }
    return true;
}
