#include "base/json.h"

#include "base/error.h"

#include <string.h>

static int append(const char *buffer, size_t size, void *context) {
    text_add_bytes(context, buffer, size);
    return 0;
}

void json_write(json_t *value, struct text *out) {
    if (json_dump_callback(value, append, out, JSON_INDENT(2)) != 0)
        out_of_memory();
    text_add(out, "\n");
    json_decref(value);
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
