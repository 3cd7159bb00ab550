#include "base/text.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for `size` more bytes and a NUL. */
static void reserve(struct text *text, size_t size) {
    if (text->capacity - text->size > size)
        return;
    size_t capacity = text->capacity == 0 ? 256 : text->capacity;
    while (capacity - text->size <= size)
        capacity *= 2;
    char *data = realloc(text->data, capacity);
    if (data == NULL)
        out_of_memory();
    text->data = data;
    text->capacity = capacity;
}

void text_add_bytes(struct text *text, const char *bytes, size_t size) {
    reserve(text, size);
    memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void text_add(struct text *text, const char *string) {
    text_add_bytes(text, string, strlen(string));
}

static void add_list(struct text *text, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (size < 0)
        out_of_memory();
    reserve(text, (size_t)size);
    vsnprintf(text->data + text->size, (size_t)size + 1, format, arguments);
    text->size += (size_t)size;
}

void text_addf(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_list(text, format, arguments);
    va_end(arguments);
}

void text_add_number(struct text *text, uint64_t number) {
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    text_add_bytes(text, digits + first, sizeof digits - first);
}

/* The bytes of the UTF-8 character at `at`; 0 where none is. Overlong forms are none. */
static size_t character_size(const unsigned char *at) {
    static const struct {
        unsigned char first, last, least, most; /* of the first byte, and of the second */
        size_t size;
    } forms[] = {
        {0x01, 0x7f, 0, 0xff, 1},    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
        {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (at[0] < forms[i].first || at[0] > forms[i].last)
            continue;
        if (at[1] < forms[i].least || at[1] > forms[i].most)
            return 0;
        for (size_t j = 2; j < forms[i].size; j++)
            if (at[j] < 0x80 || at[j] > 0xbf)
                return 0;
        return forms[i].size;
    }
    return 0;
}

size_t text_control_size(const char *at) {
    const unsigned char *byte = (const unsigned char *)at;
    if ((byte[0] != 0 && byte[0] < 0x20) || byte[0] == 0x7f)
        return 1;
    if (byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] < 0xa0)
        return 2;
    return byte[0] >= 0x80 && byte[0] < 0xa0 ? 1 : 0;
}

static bool begins_command(const char *at, bool at_start) {
    return (at_start && strncmp(at, "::", 2) == 0) || strncmp(at, "##[", 3) == 0;
}

/* The bytes at the start of `name` that stay as they are, whatever stands around them. */
static size_t plain_size(const char *name) {
    size_t size = 0;
    while (name[size] >= ' ' && name[size] < 0x7f && name[size] != ':' && name[size] != '#')
        size++;
    return size;
}

void text_add_printable(struct text *text, const char *name) {
    const char *start = name + strspn(name, " ");
    while (*name != '\0') {
        size_t plain = plain_size(name);
        text_add_bytes(text, name, plain);
        name += plain;
        if (*name == '\0')
            break;
        size_t spelled = text_control_size(name);
        if (spelled == 0 && begins_command(name, name == start))
            spelled = 1;
        for (size_t i = 0; i < spelled; i++)
            text_addf(text, "\\x%02x", (unsigned)(unsigned char)name[i]);
        name += spelled;
        if (spelled != 0)
            continue;
        size_t size = character_size((const unsigned char *)name);
        text_add_bytes(text, name, size == 0 ? 1 : size);
        name += size == 0 ? 1 : size;
    }
}

static void add_printable_list(struct text *text, const char *format, va_list arguments) {
    struct text raw = {0};
    add_list(&raw, format, arguments);
    text_add_printable(text, raw.data);
    text_free(&raw);
}

void text_addf_printable(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_printable_list(text, format, arguments);
    va_end(arguments);
}

void text_print_line(FILE *stream, const char *format, ...) {
    struct text line = {0};
    va_list arguments;
    va_start(arguments, format);
    add_printable_list(&line, format, arguments);
    va_end(arguments);
    text_add(&line, "\n");
    fputs(line.data, stream);
    text_free(&line);
}

void text_shorten(struct text *text, size_t size) {
    text->size -= size;
    text->data[text->size] = '\0';
}

void text_free(struct text *text) {
    free(text->data);
    *text = (struct text){0};
}

/* A number and its unit stay on one line. */
static bool is_unit(const char *word) {
    static const char *const units[] = {"GiB", "MiB", "KiB", "byte", "%"};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strncmp(word, units[i], strlen(units[i])) == 0)
            return true;
    return false;
}

/* Columns of the word at `at`, and its bytes. */
static size_t word_columns(const char *at, size_t *bytes) {
    size_t columns = 0;
    const char *end = at;
    while (*end != '\0' && (*end != ' ' || is_unit(end + 1))) {
        if (*end == '\033') {
            end += strcspn(end, "m");
            end += *end == 'm';
            continue;
        }
        columns += ((unsigned char)*end & 0xc0) != 0x80;
        end++;
    }
    *bytes = (size_t)(end - at);
    return columns;
}

void text_add_wrapped(struct text *text, const char *line, size_t width, size_t indent) {
    size_t column = 0, bytes;
    bool begins = true;
    while (*line != '\0') {
        size_t spaces = strspn(line, " "), columns = word_columns(line + spaces, &bytes);
        if (width != 0 && !begins && column + spaces + columns > width) {
            text_addf(text, "\n%*s", (int)indent, "");
            column = indent;
        } else {
            text_add_bytes(text, line, spaces);
            column += spaces;
        }
        text_add_bytes(text, line + spaces, bytes);
        column += columns;
        line += spaces + bytes;
        begins = false;
    }
    text_add(text, "\n");
}

void text_add_shell_word(struct text *text, const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_./+,:=@%-";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        text_add_printable(text, word);
        return;
    }
    struct text quoted = {0};
    text_add(&quoted, "'");
    for (; *word != '\0'; word++)
        if (*word == '\'')
            text_add(&quoted, "'\\''");
        else
            text_add_bytes(&quoted, word, 1);
    text_add(&quoted, "'");
    text_add_printable(text, quoted.data);
    text_free(&quoted);
}

void text_add_shell_path(struct text *text, const char *path) {
    if (path[0] == '-' && path[1] != '\0')
        text_add(text, "./");
    text_add_shell_word(text, path);
}

void text_add_wrapped_lines(struct text *text, const char *lines, size_t width) {
    while (lines != NULL && *lines != '\0') {
        size_t size = strcspn(lines, "\n");
        struct text line = {0};
        text_add(&line, "");
        text_add_bytes(&line, lines, size);
        text_add_wrapped(text, line.data, width, strspn(line.data, " ") + 4);
        text_free(&line);
        lines += size + (lines[size] != '\0');
    }
}
