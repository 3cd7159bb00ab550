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
void text_free(struct text *text);

#endif
