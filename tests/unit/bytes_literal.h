/* Bytes of a file, written down. */
#ifndef VAFIT_UNIT_BYTES_LITERAL_H
#define VAFIT_UNIT_BYTES_LITERAL_H

#include "base/bytes.h"

/* The value of a struct bytes: a string literal without its last NUL. */
#define BYTES(literal)                                                                             \
    { (const uint8_t *)(literal), sizeof(literal) - 1 }

#endif
