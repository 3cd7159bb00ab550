#include "base/json.h"

#include "base/error.h"

#include <string.h>

static int append(const char *buffer, size_t size, void *context) {
    text_add_bytes(context, buffer, size);
    return 0;
}

/* jansson escapes what JSON wants escaped, C0; DEL and C1 steer terminals too, and "##[" build
 * logs. They stand in strings only. */
static void add_without_controls(struct text *out, const char *json) {
    while (*json != '\0') {
        size_t plain = strcspn(json, "\x7f\xc2#");
        text_add_bytes(out, json, plain);
        json += plain;
        size_t size = text_control_size(json);
        if (size == 0 && strncmp(json, "##[", 3) == 0)
            size = 1;
        if (size == 0 && *json != '\0')
            text_add_bytes(out, json++, 1);
        else if (size != 0)
            text_addf(out, "\\u%04X", (unsigned)(unsigned char)json[size - 1]);
        json += size;
    }
}

static void add(json_t *value, size_t flags, struct text *out) {
    struct text json = {0};
    if (json_dump_callback(value, append, &json, flags | JSON_ENCODE_ANY) != 0)
        out_of_memory();
    add_without_controls(out, json.data);
    text_free(&json);
    json_decref(value);
}

void json_write(json_t *value, struct text *out) {
    add(value, JSON_INDENT(2), out);
    text_add(out, "\n");
}

void json_add_inside(json_t *value, size_t level, struct text *out) {
    struct text lines = {0};
    add(value, JSON_INDENT(2), &lines);
    const char *line = lines.data;
    for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        text_add_bytes(out, line, (size_t)(end + 1 - line));
        for (size_t i = 0; i < level; i++)
            text_add_bytes(out, "  ", 2);
    }
    text_add(out, line);
    text_free(&lines);
}

void json_add_line(json_t *value, struct text *out) {
    add(value, JSON_COMPACT, out);
}

json_t *json_bytes(uint64_t bytes) {
    return json_integer((json_int_t)bytes);
}

/* The bytes of the character at `text`, as its first one tells; jansson judges the rest. */
static size_t character_size(const char *text, size_t left) {
    unsigned char first = (unsigned char)text[0];
    size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return size <= left ? size : 1;
}

static json_t *repaired(const char *string) {
    struct text text = {0};
    size_t left = strlen(string);
    while (left != 0) {
        size_t size = character_size(string, left);
        json_t *character = json_stringn(string, size);
        if (character == NULL)
            size = 1;
        if (character == NULL)
            text_add(&text, "\xef\xbf\xbd");
        else
            text_add_bytes(&text, string, size);
        json_decref(character);
        string += size;
        left -= size;
    }
    json_t *value = json_string(text.data);
    text_free(&text);
    return value;
}

json_t *json_text(const char *string) {
    if (string == NULL)
        return json_null();
    json_t *value = json_string(string);
    return value != NULL ? value : repaired(string);
}

json_t *json_texts(const char *const *items, size_t count) {
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_text(items[i]));
    return array;
}
