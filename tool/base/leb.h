/* LEB128: numbers of variable length, as the exports trie and dyld's opcodes hold them. */
#ifndef VAFIT_BASE_LEB_H
#define VAFIT_BASE_LEB_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number that begins at *at, which then stands after it. False, *at untouched, when it runs
 * past the end or does not fit in 64 bits. */
bool leb_unsigned(struct bytes bytes, size_t *at, uint64_t *value);
bool leb_signed(struct bytes bytes, size_t *at, int64_t *value);

#endif
