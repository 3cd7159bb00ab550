/* Signatures; what can be read can also be made anew, and the result can be read again. */
#include "fuzz.h"

#include "macho/write/code_signature.h"

#include <stdlib.h>

static void make_anew(const struct code_signature *signature) {
    uint64_t limit = signature->directory.code_limit % (1 << 20);
    uint64_t size = code_signature_new_size(signature, limit);
    uint8_t *target = calloc(1, (size_t)size);
    uint8_t *hashes = NULL;
    struct code_signature again;
    struct error error;
    if (target == NULL)
        abort();
    code_signature_write(signature, limit, target, &hashes);
    if (!code_signature_parse((struct bytes){target, (size_t)size}, &again, &error) ||
        again.directory.code_limit != limit)
        abort();
    free(target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct code_signature signature;
    struct error error;
    if (code_signature_parse((struct bytes){data, size}, &signature, &error))
        make_anew(&signature);
    return 0;
}
