#include "base/text.h"

#include "base/error.h"

#include <stdarg.h>
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

void text_addf(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        out_of_memory();
    reserve(text, (size_t)size);
    va_start(arguments, format);
    vsnprintf(text->data + text->size, (size_t)size + 1, format, arguments);
    va_end(arguments);
    text->size += (size_t)size;
}

void text_add_printable(struct text *text, const char *name) {
    for (; *name != '\0'; name++)
        if ((unsigned char)*name < 0x20 || *name == 0x7f)
            text_addf(text, "\\x%02x", (unsigned)*name);
        else
            text_add_bytes(text, name, 1);
}

void text_free(struct text *text) {
    free(text->data);
    *text = (struct text){0};
}
