/* SHA-256: OpenSSL's on Linux, CommonCrypto's on macOS. */
#ifndef VAFIT_BASE_SHA256_H
#define VAFIT_BASE_SHA256_H

#include "base/bytes.h"

#include <stdint.h>

enum { SHA256_SIZE = 32 };

/* The digest of `bytes`. Any thread may call it. */
void sha256(struct bytes bytes, uint8_t digest[SHA256_SIZE]);

#endif
