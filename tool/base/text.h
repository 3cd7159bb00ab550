/* Text under construction: a string that grows. */
#ifndef VAFIT_BASE_TEXT_H
#define VAFIT_BASE_TEXT_H

#include <stddef.h>

/* Zero-initialise it. */
struct text {
    char *data;      /* owned, NUL-terminated once anything was added; NULL before */
    size_t size;     /* bytes without the NUL */
    size_t capacity; /* bytes */
};

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t size);
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds a name from a file: its control characters as "\x0a", so that it makes no lines of its own
 * and no colours. */
void text_add_printable(struct text *text, const char *name);
void text_free(struct text *text);

#endif
