/* A hash of bytes that no input can foresee: for tables that would be slow with many equal ones. */
#ifndef VAFIT_BASE_KEYED_HASH_H
#define VAFIT_BASE_KEYED_HASH_H

#include "base/bytes.h"

#include <stdint.h>

/* `key` is of seed() (base/seed.h). */
uint64_t keyed_hash(uint64_t key, struct bytes bytes);

#endif
