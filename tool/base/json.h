/* JSON as vafit writes it: jansson with a few conventions. */
#ifndef VAFIT_BASE_JSON_H
#define VAFIT_BASE_JSON_H

#include "base/text.h"

#include <jansson.h>
#include <stdint.h>

/* Appends `value` as text with two spaces a level and a newline at the end, and releases it.
 * Members stay in the order they were set. */
void json_write(json_t *value, struct text *out);
/* Likewise as it stands `level` levels inside another value: all lines but the first are indented
 * further, and there is no newline at the end. */
void json_add_inside(json_t *value, size_t level, struct text *out);
/* Likewise on one line, without a newline. */
void json_add_line(json_t *value, struct text *out);
/* Whole bytes, or an address. New: the caller, or the value it is put into, releases it. */
json_t *json_bytes(uint64_t bytes);
/* A string, or null for NULL. A name in a file need not be UTF-8: each byte that makes it none
 * becomes U+FFFD. New. */
json_t *json_text(const char *string);
/* A list of strings, as json_text. New. */
json_t *json_texts(const char *const *items, size_t count);

#endif
