#include "verify/compare_signature.h"

#include "macho/write/code_signature.h"
#include "verify/differences.h"

#include <inttypes.h>
#include <string.h>

/* What an identity's new signature may lose least, by its slot. */
static const char *blob_name(uint32_t slot) {
    return slot == CSSLOT_REQUIREMENTS       ? "requirements"
           : slot == CSSLOT_ENTITLEMENTS     ? "entitlements"
           : slot == CSSLOT_DER_ENTITLEMENTS ? "DER entitlements"
                                             : "blob";
}

/* The signer decides what is of the kind of signature; all else that was there has to be still. */
static void compare_identity_flags(struct differences *differences, uint32_t old, uint32_t new) {
    uint32_t lost = old & ~new & ~(uint32_t)(CS_ADHOC | CS_LINKER_SIGNED);
    if (lost != 0)
        differences_add(differences,
                        "the flags 0x%" PRIx32 " are gone%s; codesign keeps them by "
                        "--preserve-metadata=flags,runtime",
                        lost, (lost & CS_RUNTIME) != 0 ? ", the hardened runtime among them" : "");
}

/* The directory of the same hash, where an image was not signed anew but sealed; else the one that
 * a new signature is made of. */
static const struct code_directory *directory_like(const struct code_signature *old,
                                                   const struct code_directory *new) {
    for (size_t i = 0; i < old->directory_count; i++)
        if (old->directories[i].hash == new->hash)
            return &old->directories[i];
    return &old->directory;
}

/* The first difference that has a name, or where the first other one is. */
static void compare_directories(struct differences *differences, const struct code_directory *old,
                                const struct code_directory *new, bool has_identity) {
    uint32_t flags = old->flags | CS_ADHOC;
    size_t at;
    if (strcmp(old->identifier, new->identifier) != 0)
        differences_add(differences, "the identifier is %s, was %s", new->identifier,
                        old->identifier);
    else if (has_identity)
        compare_identity_flags(differences, old->flags, new->flags);
    else if (new->flags != flags)
        differences_add(differences, "the flags are 0x%" PRIx32 ", were 0x%" PRIx32, new->flags,
                        old->flags);
    else if (!code_directory_follows(old, new, &at))
        differences_add(differences,
                        "the CodeDirectory is not the original's from its byte 0x%zx on", at);
}

void compare_signature(const struct code_signature *old, const struct code_signature *new,
                       struct errors *errors) {
    struct differences all = {.errors = errors, .field = "code signature"}, *differences = &all;
    for (size_t i = 0; i < old->blob_count; i++) {
        const struct signature_blob *before = &old->blobs[i];
        const struct signature_blob *after = code_signature_blob(new, before->slot);
        if (before->slot == CSSLOT_CODEDIRECTORY ||
            before->slot >= CSSLOT_ALTERNATE_CODEDIRECTORIES)
            continue;
        if (after == NULL || after->bytes.size != before->bytes.size ||
            memcmp(after->bytes.data, before->bytes.data, before->bytes.size) != 0)
            differences_add(differences, "slot %" PRIu32 " (%s) %s", before->slot,
                            blob_name(before->slot), after == NULL ? "is gone" : "is not the same");
    }
    for (size_t i = 0; i < new->directory_count; i++)
        compare_directories(differences, directory_like(old, &new->directories[i]),
                            &new->directories[i], new->has_identity);
    differences_end(differences);
}
