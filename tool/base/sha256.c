#include "base/sha256.h"

#ifdef __APPLE__
#include <CommonCrypto/CommonDigest.h>

void sha256(struct bytes bytes, uint8_t digest[SHA256_SIZE]) {
    CC_SHA256(bytes.data, (CC_LONG)bytes.size, digest);
}
#else
#include <openssl/sha.h>

void sha256(struct bytes bytes, uint8_t digest[SHA256_SIZE]) {
    SHA256(bytes.data, bytes.size, digest);
}
#endif
