/* Digests: OpenSSL's on Linux, CommonCrypto's on macOS. */
#ifndef VAFIT_BASE_DIGEST_H
#define VAFIT_BASE_DIGEST_H

#include "base/bytes.h"

#include <stdint.h>

enum digest_kind { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384 };

/* Bytes of each, and of the longest. */
enum { SHA1_SIZE = 20, SHA256_SIZE = 32, SHA384_SIZE = 48, DIGEST_MOST = SHA384_SIZE };

/* The digest of `bytes`, as many bytes of `target` as its kind has. Any thread may call it. */
void digest(enum digest_kind kind, struct bytes bytes, uint8_t *target);

#endif
