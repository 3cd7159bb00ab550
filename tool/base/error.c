#include "base/error.h"

#include "base/terminal.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void set_text(char *target, size_t size, const char *text) {
    snprintf(target, size, "%s", text);
}

static void set_error(struct error *error, enum error_kind kind, const char *file,
                      const char *field) {
    error->kind = kind;
    set_text(error->file, sizeof error->file, file);
    set_text(error->field, sizeof error->field, field);
}

bool error_usage(struct error *error, const char *format, ...) {
    va_list arguments;
    set_error(error, ERROR_USAGE, "", "");
    va_start(arguments, format);
    vsnprintf(error->what, sizeof error->what, format, arguments);
    va_end(arguments);
    return false;
}

bool error_malformed(struct error *error, const char *field, const char *format, ...) {
    va_list arguments;
    set_error(error, ERROR_MALFORMED, "", field);
    va_start(arguments, format);
    vsnprintf(error->what, sizeof error->what, format, arguments);
    va_end(arguments);
    return false;
}

bool error_io(struct error *error, const char *file, const char *format, ...) {
    va_list arguments;
    set_error(error, ERROR_IO, file, "");
    va_start(arguments, format);
    vsnprintf(error->what, sizeof error->what, format, arguments);
    va_end(arguments);
    return false;
}

bool error_errno(struct error *error, const char *file, const char *what) {
    return error_io(error, file, "%s: %s", what, strerror(errno));
}

bool error_in_file(struct error *error, const char *file) {
    if (error->file[0] == '\0')
        set_text(error->file, sizeof error->file, file);
    return false;
}

void error_print(FILE *stream, const struct error *error) {
    const char *parts[] = {error->file, error->field, error->what};
    struct text text = {0};
    bool colored = stream == stderr && terminal_takes_color(STDERR_FILENO);
    text_add(&text, colored ? "\033[1;31mvafit\033[0m" : "vafit");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i][0] != '\0') {
            text_add(&text, ": ");
            text_add_printable(&text, parts[i]);
        }
    fprintf(stream, "%s\n", text.data);
    text_free(&text);
}

void errors_add(struct errors *errors, const struct error *error) {
    if (errors->count == errors->capacity) {
        size_t capacity = errors->capacity == 0 ? 4 : errors->capacity * 2;
        struct error *items = realloc(errors->items, capacity * sizeof *items);
        if (items == NULL)
            out_of_memory();
        errors->items = items;
        errors->capacity = capacity;
    }
    errors->items[errors->count++] = *error;
}

void errors_print(FILE *stream, const struct errors *errors) {
    for (size_t i = 0; i < errors->count; i++)
        error_print(stream, &errors->items[i]);
}

enum error_kind errors_worst(const struct errors *errors) {
    enum error_kind worst = ERROR_NONE;
    for (size_t i = 0; i < errors->count; i++)
        if (errors->items[i].kind > worst)
            worst = errors->items[i].kind;
    return worst;
}

void errors_free(struct errors *errors) {
    free(errors->items);
    *errors = (struct errors){0};
}

void out_of_memory(void) {
    fputs("vafit: out of memory\n", stderr);
    exit(ERROR_IO);
}
