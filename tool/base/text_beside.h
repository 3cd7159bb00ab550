/* Text of many pieces, made beside each other. */
#ifndef VAFIT_BASE_TEXT_BESIDE_H
#define VAFIT_BASE_TEXT_BESIDE_H

#include "base/text.h"

#include <stddef.h>

/* Adds pieces 0 to count - 1 in this order; write(context, i, piece) makes piece i, on any thread.
 * Few pieces are there at a time beside `text`. */
void text_add_beside(struct text *text, size_t count,
                     void (*write)(void *context, size_t i, struct text *piece), void *context);

#endif
