#include "crash/loose_json.h"

#include "base/text.h"

#include <string.h>

/* Containers that are deeper are counted only, and longer paths are cut: neither is asked for. */
enum { DEEPEST = 32, LONGEST_PATH = 240 };

struct reader {
    const char *at;
    const char *end;
    loose_visitor *visit;
    void *context;
    struct {
        size_t path_size; /* of the path that leads to the container */
        bool is_list;
    } open[DEEPEST];
    size_t depth;
    size_t too_deep;
    char path[LONGEST_PATH + 1];
    size_t path_size; /* with the key that was read last */
    struct text text;
};

static void tell(struct reader *reader, enum loose_kind kind, const char *text, uint64_t number) {
    if (reader->too_deep != 0)
        return;
    reader->path[reader->path_size] = '\0';
    const struct loose_value value = {reader->path, kind, text, number};
    reader->visit(reader->context, &value);
}

static size_t outer_path_size(const struct reader *reader) {
    return reader->depth == 0 ? 0 : reader->open[reader->depth - 1].path_size;
}

static void forget_key(struct reader *reader) {
    reader->path_size = outer_path_size(reader);
}

/* A key that does not fit makes a path that nobody asks for. */
static void take_key(struct reader *reader, const char *key) {
    forget_key(reader);
    size_t size = strlen(key);
    if (reader->path_size + size + 1 > LONGEST_PATH) {
        key = "?";
        size = reader->path_size + 2 > LONGEST_PATH ? 0 : 1;
    }
    if (reader->path_size != 0 && size != 0)
        reader->path[reader->path_size++] = '.';
    memcpy(reader->path + reader->path_size, key, size);
    reader->path_size += size;
}

static void skip_blanks(struct reader *reader) {
    while (reader->at < reader->end && strchr(" \t\n", *reader->at) != NULL)
        reader->at++;
}

/* --- strings --- */

static void add_code_point(struct text *text, unsigned code) {
    char bytes[3];
    if (code < 0x80) {
        bytes[0] = code == 0 ? ' ' : (char)code;
        text_add_bytes(text, bytes, 1);
    } else if (code < 0x800) {
        bytes[0] = (char)(0xc0 | code >> 6);
        bytes[1] = (char)(0x80 | (code & 0x3f));
        text_add_bytes(text, bytes, 2);
    } else {
        bytes[0] = (char)(0xe0 | code >> 12);
        bytes[1] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (code & 0x3f));
        text_add_bytes(text, bytes, 3);
    }
}

/* Four hexadecimal digits; a half of a pair is no character of its own. */
static void add_escaped_code(struct reader *reader) {
    unsigned code = 0;
    for (int i = 0; i < 4 && reader->at < reader->end; i++, reader->at++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF";
        const char *digit = *reader->at == '\0' ? NULL : strchr(digits, *reader->at);
        if (digit == NULL)
            break;
        code = code << 4 | ((unsigned)(digit - digits) & 15);
    }
    add_code_point(&reader->text, code >= 0xd800 && code < 0xe000 ? '?' : code);
}

static void add_escape(struct reader *reader) {
    static const char escapes[] = "n\nt\tr\nb f ";
    if (reader->at == reader->end)
        return;
    char character = *reader->at++;
    const char *escape = strchr(escapes, character);
    if (character == 'u')
        add_escaped_code(reader);
    else if (escape != NULL && (escape - escapes) % 2 == 0)
        text_add_bytes(&reader->text, escape + 1, 1);
    else if (character != '\\' || reader->at == reader->end || *reader->at != '/')
        text_add_bytes(&reader->text, &character, 1); /* else: "\\/", a slash escaped twice */
}

/* From behind the opening quote. A newline is one that pasting put there. False without a closing
 * quote; all that was left is then read. */
static bool read_string(struct reader *reader) {
    reader->text.size = 0;
    text_add(&reader->text, "");
    while (reader->at < reader->end) {
        char character = *reader->at++;
        if (character == '"')
            return true;
        if (character == '\\')
            add_escape(reader);
        else if (character != '\n')
            text_add_bytes(&reader->text, &character, 1);
        else if (reader->text.size != 0 && reader->text.data[reader->text.size - 1] != ' ')
            text_add(&reader->text, " ");
    }
    return false;
}

static bool may_have_keys(const struct reader *reader) {
    return reader->depth == 0 || !reader->open[reader->depth - 1].is_list;
}

/* In an object only what has a key. */
static void tell_value(struct reader *reader, enum loose_kind kind, uint64_t number) {
    if (!may_have_keys(reader) || reader->path_size > outer_path_size(reader))
        tell(reader, kind, kind == LOOSE_TEXT ? reader->text.data : NULL, number);
}

static void take_string(struct reader *reader) {
    if (!read_string(reader))
        return;
    const char *behind = reader->at;
    skip_blanks(reader);
    if (may_have_keys(reader) && reader->at < reader->end && *reader->at == ':') {
        reader->at++;
        take_key(reader, reader->text.data);
        return;
    }
    reader->at = behind;
    tell_value(reader, LOOSE_TEXT, 0);
    forget_key(reader);
}

/* --- numbers and words --- */

/* Decimal digits only, and what may follow a number behind it. */
static bool number_of(const char *digits, size_t size, uint64_t *number) {
    *number = 0;
    for (size_t i = 0; i < size; i++)
        if (digits[i] < '0' || digits[i] > '9' ||
            __builtin_mul_overflow(*number, UINT64_C(10), number) ||
            __builtin_add_overflow(*number, (uint64_t)(digits[i] - '0'), number))
            return false;
    return size != 0;
}

static void take_word(struct reader *reader) {
    const char *start = reader->at;
    while (reader->at < reader->end && strchr(" \t\n,:]}{[\"", *reader->at) == NULL)
        reader->at++;
    size_t size = (size_t)(reader->at - start);
    uint64_t number;
    if (size == 0)
        reader->at++;
    skip_blanks(reader);
    if (reader->at < reader->end && strchr(",]}", *reader->at) != NULL) {
        if (number_of(start, size, &number))
            tell_value(reader, LOOSE_NUMBER, number);
        else if (size == 4 && memcmp(start, "true", size) == 0)
            tell_value(reader, LOOSE_TRUE, 1);
    }
    forget_key(reader);
}

/* --- containers --- */

static void open_container(struct reader *reader, bool is_list) {
    if (reader->depth == DEEPEST || reader->too_deep != 0) {
        reader->too_deep++;
        return;
    }
    if (!is_list)
        tell(reader, LOOSE_BEGIN, NULL, 0);
    reader->open[reader->depth].path_size = reader->path_size;
    reader->open[reader->depth].is_list = is_list;
    reader->depth++;
}

/* Closes the innermost container of the kind, and those in it that were left open. */
static void close_container(struct reader *reader, bool is_list) {
    size_t depth = reader->depth;
    if (reader->too_deep != 0) {
        reader->too_deep--;
        return;
    }
    while (depth != 0 && reader->open[depth - 1].is_list != is_list)
        depth--;
    if (depth == 0)
        return;
    reader->depth = depth - 1;
    reader->path_size = reader->open[depth - 1].path_size;
    tell(reader, is_list ? LOOSE_LIST_END : LOOSE_END, NULL, 0);
    forget_key(reader);
}

static void take_token(struct reader *reader) {
    char character = *reader->at;
    if (strchr("\"{}[],", character) == NULL) {
        take_word(reader);
        return;
    }
    reader->at++;
    if (character == '"')
        take_string(reader);
    else if (character == ',')
        forget_key(reader);
    else if (character == '{' || character == '[')
        open_container(reader, character == '[');
    else
        close_container(reader, character == ']');
}

/* --- where it begins --- */

/* "{" and a key, or an empty object. */
static bool begins_object(const char *at, const char *end) {
    if (at == end || *at++ != '{')
        return false;
    while (at < end && strchr(" \t\n", *at) != NULL)
        at++;
    return at < end && *at == '"';
}

/* A line with a member, where the beginning of the object is lost. */
static bool begins_member(const char *at, const char *end) {
    if (at == end || *at++ != '"')
        return false;
    size_t size = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");
    if (size == 0 || at[size] != '"')
        return false;
    at += size + 1;
    at += strspn(at, " ");
    return at < end && *at == ':';
}

/* The first line that begins so; the end where none does. */
static const char *find_line(const char *at, const char *end,
                             bool (*begins)(const char *at, const char *end)) {
    while (at < end) {
        at += strspn(at, " \t\n");
        if (begins(at, end))
            return at;
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline == NULL ? end : newline + 1;
    }
    return end;
}

/* Up to the brace that closes the first one; to the end where that is lost. */
static void read_object(struct reader *reader) {
    bool was_open = false;
    while (reader->at < reader->end && !(was_open && reader->depth == 0)) {
        skip_blanks(reader);
        if (reader->at < reader->end)
            take_token(reader);
        was_open |=
            reader->depth != 0 && !reader->open[0].is_list && reader->open[0].path_size == 0;
    }
}

void loose_json_visit(const struct pasted *pasted, loose_visitor *visit, void *context) {
    struct reader reader = {
        .at = pasted->data, .end = pasted->data + pasted->size, .visit = visit, .context = context};
    const char *object = find_line(reader.at, reader.end, begins_object);
    const char *member = find_line(reader.at, object, begins_member);
    reader.at = member < object ? member : object;
    while (reader.at < reader.end) {
        read_object(&reader);
        reader.at = find_line(reader.at, reader.end, begins_object);
    }
    text_free(&reader.text);
}
