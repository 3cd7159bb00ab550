#include "macho/write/code_signature.h"

#include "base/digest.h"

#include <stdlib.h>
#include <string.h>

static bool is_kept(const struct signature_blob *blob) {
    return !signature_blob_is_alternate(blob);
}

static uint64_t page_count_of(const struct code_directory *directory, uint64_t code_limit) {
    return (code_limit + directory->page_size - 1) / directory->page_size;
}

static uint64_t new_blob_size(const struct code_signature *old, const struct signature_blob *blob,
                              uint64_t code_limit) {
    if (blob->slot == CSSLOT_CODEDIRECTORY)
        return old->directory.hash_offset +
               page_count_of(&old->directory, code_limit) * old->directory.hash_size;
    return blob->slot == CSSLOT_SIGNATURESLOT ? BLOB_HEADER : blob->bytes.size;
}

uint64_t code_signature_new_size(const struct code_signature *old, uint64_t code_limit) {
    uint64_t size = SUPER_HEADER;
    for (size_t i = 0; i < old->blob_count; i++)
        if (is_kept(&old->blobs[i]))
            size += INDEX_ENTRY + new_blob_size(old, &old->blobs[i], code_limit);
    return size;
}

static void write_directory(const struct code_directory *old, uint64_t code_limit,
                            uint8_t *target) {
    uint64_t pages = page_count_of(old, code_limit);
    memcpy(target, old->bytes.data, old->hash_offset);
    bytes_store_big(target + CODE_DIRECTORY_LENGTH, 4,
                    (uint32_t)(old->hash_offset + pages * old->hash_size));
    bytes_store_big(target + CODE_DIRECTORY_FLAGS, 4, old->flags | CS_ADHOC);
    bytes_store_big(target + CODE_DIRECTORY_PAGE_COUNT, 4, (uint32_t)pages);
    bytes_store_big(target + CODE_DIRECTORY_CODE_LIMIT, 4, (uint32_t)code_limit);
    if (code_directory_version(old) >= CS_SUPPORTSCODELIMIT64)
        memset(target + CODE_DIRECTORY_CODE_LIMIT_64, 0, 8);
}

static void write_blob(const struct code_signature *old, const struct signature_blob *blob,
                       uint64_t code_limit, uint8_t *target, uint8_t **page_hashes) {
    if (blob->slot == CSSLOT_CODEDIRECTORY) {
        write_directory(&old->directory, code_limit, target);
        *page_hashes = target + old->directory.hash_offset;
    } else if (blob->slot == CSSLOT_SIGNATURESLOT) {
        bytes_store_big(target, 4, CSMAGIC_BLOBWRAPPER);
        bytes_store_big(target + 4, 4, BLOB_HEADER);
    } else {
        memcpy(target, blob->bytes.data, blob->bytes.size);
    }
}

void code_signature_write(const struct code_signature *old, uint64_t code_limit, uint8_t *target,
                          uint8_t **page_hashes) {
    uint32_t count = 0;
    for (size_t i = 0; i < old->blob_count; i++)
        count += is_kept(&old->blobs[i]);
    uint64_t at = SUPER_HEADER + (uint64_t)count * INDEX_ENTRY;
    uint8_t *entry = target + SUPER_HEADER;
    for (size_t i = 0; i < old->blob_count; i++) {
        const struct signature_blob *blob = &old->blobs[i];
        if (!is_kept(blob))
            continue;
        bytes_store_big(entry, 4, blob->slot);
        bytes_store_big(entry + 4, 4, (uint32_t)at);
        entry += INDEX_ENTRY;
        write_blob(old, blob, code_limit, target + at, page_hashes);
        at += new_blob_size(old, blob, code_limit);
    }
    bytes_store_big(target, 4, CSMAGIC_EMBEDDED_SIGNATURE);
    bytes_store_big(target + 4, 4, (uint32_t)at);
    bytes_store_big(target + 8, 4, count);
}

/* --- of an image that had none --- */

enum { ADHOC_DIRECTORY = 88, ADHOC_PAGE_SHIFT = 12, EXEC_SEG_LIMIT = 72, HASH_SIZE = 32 };

static uint64_t adhoc_pages(const struct adhoc_signature *signature) {
    return (signature->code_limit + ADHOC_PAGE - 1) / ADHOC_PAGE;
}

uint64_t code_signature_adhoc_size(const struct adhoc_signature *signature) {
    return SUPER_HEADER + INDEX_ENTRY + ADHOC_DIRECTORY + strlen(signature->identifier) + 1 +
           adhoc_pages(signature) * HASH_SIZE;
}

uint8_t *code_signature_adhoc_write(const struct adhoc_signature *signature, uint8_t *target) {
    size_t name = strlen(signature->identifier) + 1;
    uint64_t size = code_signature_adhoc_size(signature);
    uint8_t *directory = target + SUPER_HEADER + INDEX_ENTRY;
    memset(target, 0, (size_t)size);
    bytes_store_big(target, 4, CSMAGIC_EMBEDDED_SIGNATURE);
    bytes_store_big(target + 4, 4, size);
    bytes_store_big(target + 8, 4, 1);
    bytes_store_big(target + SUPER_HEADER + 4, 4, SUPER_HEADER + INDEX_ENTRY);
    bytes_store_big(directory, 4, CSMAGIC_CODEDIRECTORY);
    bytes_store_big(directory + CODE_DIRECTORY_LENGTH, 4, size - SUPER_HEADER - INDEX_ENTRY);
    bytes_store_big(directory + CODE_DIRECTORY_VERSION, 4, CS_SUPPORTSEXECSEG);
    bytes_store_big(directory + CODE_DIRECTORY_FLAGS, 4, CS_ADHOC | CS_LINKER_SIGNED);
    bytes_store_big(directory + CODE_DIRECTORY_HASH_OFFSET, 4, ADHOC_DIRECTORY + name);
    bytes_store_big(directory + CODE_DIRECTORY_IDENTIFIER, 4, ADHOC_DIRECTORY);
    bytes_store_big(directory + CODE_DIRECTORY_PAGE_COUNT, 4, adhoc_pages(signature));
    bytes_store_big(directory + CODE_DIRECTORY_CODE_LIMIT, 4, signature->code_limit);
    directory[CODE_DIRECTORY_HASH_SIZE] = HASH_SIZE;
    directory[CODE_DIRECTORY_HASH_TYPE] = CS_HASHTYPE_SHA256;
    directory[CODE_DIRECTORY_PAGE_SHIFT] = ADHOC_PAGE_SHIFT;
    bytes_store_big(directory + EXEC_SEG_LIMIT, 8, signature->text_size);
    memcpy(directory + ADHOC_DIRECTORY, signature->identifier, name);
    return directory + ADHOC_DIRECTORY + name;
}

/* A bundle is sealed again after its executable was signed. */
static void allow_new_seal(const struct code_directory *old, const struct code_directory *new,
                           uint8_t *expected) {
    uint64_t before = (uint64_t)CSSLOT_RESOURCEDIR * old->hash_size;
    if (old->special_count < CSSLOT_RESOURCEDIR || new->special_count != old->special_count ||
        new->hash != old->hash || new->hash_offset != old->hash_offset)
        return;
    size_t at = (size_t)(old->hash_offset - before);
    static const uint8_t none[DIGEST_MOST] = {0};
    if (memcmp(expected + at, none, old->hash_size) != 0 &&
        memcmp(new->bytes.data + at, none, old->hash_size) != 0)
        memcpy(expected + at, new->bytes.data + at, old->hash_size);
}

bool code_directory_follows(const struct code_directory *directory,
                            const struct code_directory *new, size_t *at) {
    uint8_t *expected = malloc(directory->hash_offset);
    if (expected == NULL)
        out_of_memory();
    write_directory(directory, new->code_limit, expected);
    allow_new_seal(directory, new, expected);
    size_t size =
        directory->hash_offset < new->bytes.size ? directory->hash_offset : new->bytes.size;
    for (*at = 0; *at < size && expected[*at] == new->bytes.data[*at];)
        ++*at;
    free(expected);
    return *at == directory->hash_offset;
}
