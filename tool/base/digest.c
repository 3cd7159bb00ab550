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
#include <openssl/sha.h>

void digest(enum digest_kind kind, struct bytes bytes, uint8_t *target) {
    if (kind == DIGEST_SHA1)
        SHA1(bytes.data, bytes.size, target);
    else if (kind == DIGEST_SHA256)
        SHA256(bytes.data, bytes.size, target);
    else
        SHA384(bytes.data, bytes.size, target);
}
#endif
