#include "base/digest.h"

#ifdef __APPLE__
#include <CommonCrypto/CommonDigest.h>

void digest(enum digest_kind kind, struct bytes bytes, uint8_t *target) {
    if (kind == DIGEST_SHA1)
        CC_SHA1(bytes.data, (CC_LONG)bytes.size, target);
    else if (kind == DIGEST_SHA256)
        CC_SHA256(bytes.data, (CC_LONG)bytes.size, target);
    else
        CC_SHA384(bytes.data, (CC_LONG)bytes.size, target);
}
#else
/* The functions with a context of the caller's need a few objects of libcrypto; those without, and
 * EVP, need nearly all of it, and time to look their implementation up. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

static void sha1(struct bytes bytes, uint8_t *target) {
    SHA_CTX context;
    SHA1_Init(&context);
    SHA1_Update(&context, bytes.data, bytes.size);
    SHA1_Final(target, &context);
}

static void sha256(struct bytes bytes, uint8_t *target) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes.data, bytes.size);
    SHA256_Final(target, &context);
}

static void sha384(struct bytes bytes, uint8_t *target) {
    SHA512_CTX context;
    SHA384_Init(&context);
    SHA384_Update(&context, bytes.data, bytes.size);
    SHA384_Final(target, &context);
}

void digest(enum digest_kind kind, struct bytes bytes, uint8_t *target) {
    if (kind == DIGEST_SHA1)
        sha1(bytes, target);
    else if (kind == DIGEST_SHA256)
        sha256(bytes, target);
    else
        sha384(bytes, target);
}
#endif
