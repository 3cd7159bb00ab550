#include "macho/code_signature.h"

#include "base/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EARLIEST_FIELDS = 44 /* bytes of the fields of every version of a CodeDirectory */ };

/* Where the fields of a CodeDirectory end, by the version that brought them
 * (osfmk/kern/cs_blobs.h, CS_CodeDirectory). */
static const struct {
    uint32_t version;
    uint32_t end;
} field_ends[] = {{CS_SUPPORTSLINKAGE, 108},    {CS_SUPPORTSRUNTIME, 96}, {CS_SUPPORTSEXECSEG, 88},
                  {CS_SUPPORTSCODELIMIT64, 64}, {CS_SUPPORTSTEAMID, 52},  {CS_SUPPORTSSCATTER, 48}};

/* CS_HASHTYPE_...: the later, the better to the kernel (bsd/kern/ubc_subr.c, hashPriorities). */
struct signature_hash {
    uint8_t number;
    uint8_t size; /* bytes of the digest that are kept */
    enum digest_kind digest;
};

static const struct signature_hash hashes[] = {
    {CS_HASHTYPE_SHA1, SHA1_SIZE, DIGEST_SHA1},
    {CS_HASHTYPE_SHA256_TRUNCATED, 20, DIGEST_SHA256},
    {CS_HASHTYPE_SHA256, SHA256_SIZE, DIGEST_SHA256},
    {CS_HASHTYPE_SHA384, SHA384_SIZE, DIGEST_SHA384},
};

static bool reject(struct error *error, const char *field, const char *format, uint64_t value) {
    char name[64], what[160];
    snprintf(name, sizeof name, "code signature %s", field);
    snprintf(what, sizeof what, "0x%" PRIx64 " %s", value, format);
    return error_malformed(error, name, "%s", what);
}

uint32_t code_directory_version(const struct code_directory *directory) {
    return bytes_u32_big(directory->bytes, CODE_DIRECTORY_VERSION);
}

/* Strings and hashes lie after the fields, or a new codeLimit would be written over them. */
static uint32_t fields_end(const struct code_directory *directory) {
    for (size_t i = 0; i < sizeof field_ends / sizeof field_ends[0]; i++)
        if (code_directory_version(directory) >= field_ends[i].version)
            return field_ends[i].end;
    return EARLIEST_FIELDS;
}

/* A field that only later versions have; 0 in earlier ones. */
static uint32_t later_field(const struct code_directory *directory, uint32_t version, size_t at) {
    return code_directory_version(directory) < version ? 0 : bytes_u32_big(directory->bytes, at);
}

static bool find_hash(struct code_directory *directory, struct error *error) {
    uint8_t number = bytes_u8(directory->bytes, CODE_DIRECTORY_HASH_TYPE);
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++)
        if (hashes[i].number == number)
            directory->hash = &hashes[i];
    if (directory->hash == NULL)
        return reject(error, "hashType", "is no hash that the kernel takes", number);
    directory->hash_size = directory->hash->size;
    return bytes_u8(directory->bytes, CODE_DIRECTORY_HASH_SIZE) == directory->hash_size ||
           reject(error, "hashSize", "is not the size of its hash",
                  bytes_u8(directory->bytes, CODE_DIRECTORY_HASH_SIZE));
}

/* What a new CodeDirectory has no place for: it is the fields and strings before the hashes of the
 * old one, and hashes. */
static bool remakeable(const struct code_directory *directory, struct error *error) {
    static const struct {
        uint32_t version;
        size_t at;
        const char *field, *what;
    } rows[] = {
        {CS_SUPPORTSSCATTER, CODE_DIRECTORY_SCATTER, "scatterOffset",
         "means scattered code, which vafit does not sign"},
        {CS_SUPPORTSRUNTIME, CODE_DIRECTORY_PRE_ENCRYPT, "preEncryptOffset",
         "means encrypted code, which vafit does not sign"},
        {CS_SUPPORTSLINKAGE, CODE_DIRECTORY_LINKAGE_SIZE, "linkageSize",
         "bytes are of another signature, which vafit does not sign"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t value = later_field(directory, rows[i].version, rows[i].at);
        if (value != 0)
            return reject(error, rows[i].field, rows[i].what, value);
    }
    return later_field(directory, CS_SUPPORTSTEAMID, CODE_DIRECTORY_TEAM) <
               directory->hash_offset ||
           reject(error, "teamOffset", "is not of a string before the hashes",
                  later_field(directory, CS_SUPPORTSTEAMID, CODE_DIRECTORY_TEAM));
}

/* Where the hashes of special slots begin, after which the pages' follow. */
static uint64_t hashes_start(const struct code_directory *directory) {
    return directory->hash_offset - (uint64_t)directory->special_count * directory->hash_size;
}

static bool hashes_inside(const struct code_directory *directory, struct error *error) {
    uint64_t special = (uint64_t)directory->special_count * directory->hash_size;
    uint64_t pages = (uint64_t)directory->page_count * directory->hash_size;
    if (directory->hash_offset < special + fields_end(directory))
        return reject(error, "nSpecialSlots", "hashes reach into the fields before them",
                      directory->special_count);
    if (!range_within(directory->hash_offset, pages, directory->bytes.size))
        return reject(error, "nCodeSlots", "hashes run past the end of the CodeDirectory",
                      directory->page_count);
    uint64_t wanted = (directory->code_limit + directory->page_size - 1) / directory->page_size;
    if (directory->page_count != wanted)
        return reject(error, "nCodeSlots", "is not the number of pages below codeLimit",
                      directory->page_count);
    return true;
}

static bool parse_identifier(struct code_directory *directory, struct error *error) {
    uint32_t at = bytes_u32_big(directory->bytes, CODE_DIRECTORY_IDENTIFIER);
    if (at < fields_end(directory) || at >= hashes_start(directory) ||
        memchr(directory->bytes.data + at, '\0', hashes_start(directory) - at) == NULL)
        return reject(error, "identOffset", "is not of a string before the hashes", at);
    directory->identifier = (const char *)directory->bytes.data + at;
    return true;
}

static bool parse_directory(struct code_directory *directory, struct error *error) {
    struct bytes bytes = directory->bytes;
    if (bytes.size < EARLIEST_FIELDS || bytes_u32_big(bytes, 0) != CSMAGIC_CODEDIRECTORY)
        return reject(error, "CodeDirectory", "bytes are too few, or not its magic", bytes.size);
    if (bytes.size < fields_end(directory))
        return reject(error, "CodeDirectory version", "has more fields than there are bytes",
                      code_directory_version(directory));
    directory->flags = bytes_u32_big(bytes, CODE_DIRECTORY_FLAGS);
    directory->hash_offset = bytes_u32_big(bytes, CODE_DIRECTORY_HASH_OFFSET);
    directory->special_count = bytes_u32_big(bytes, CODE_DIRECTORY_SPECIAL_COUNT);
    directory->page_count = bytes_u32_big(bytes, CODE_DIRECTORY_PAGE_COUNT);
    directory->code_limit = bytes_u32_big(bytes, CODE_DIRECTORY_CODE_LIMIT);
    if (code_directory_version(directory) >= CS_SUPPORTSCODELIMIT64 &&
        bytes_u64_big(bytes, CODE_DIRECTORY_CODE_LIMIT_64) != 0)
        directory->code_limit = bytes_u64_big(bytes, CODE_DIRECTORY_CODE_LIMIT_64);
    unsigned shift = bytes_u8(bytes, CODE_DIRECTORY_PAGE_SHIFT);
    if (shift < 12 || shift > 16)
        return reject(error, "pageSize", "is not a page of 4 to 64 KiB", shift);
    directory->page_size = UINT32_C(1) << shift;
    return find_hash(directory, error) && remakeable(directory, error) &&
           hashes_inside(directory, error) && parse_identifier(directory, error);
}

static bool parse_blob(struct bytes super, size_t i, struct signature_blob *blob,
                       struct error *error) {
    size_t entry = SUPER_HEADER + i * INDEX_ENTRY;
    uint32_t offset = bytes_u32_big(super, entry + 4);
    struct bytes head;
    blob->slot = bytes_u32_big(super, entry);
    if (!bytes_part(super, offset, BLOB_HEADER, &head))
        return reject(error, "blob offset", "lies past the end of the signature", offset);
    uint32_t length = bytes_u32_big(head, 4);
    if (length < BLOB_HEADER || !bytes_part(super, offset, length, &blob->bytes))
        return reject(error, "blob length", "runs past the end of the signature", length);
    return true;
}

bool signature_blob_is_alternate(const struct signature_blob *blob) {
    return blob->slot >= CSSLOT_ALTERNATE_CODEDIRECTORIES &&
           blob->slot < CSSLOT_ALTERNATE_CODEDIRECTORY_LIMIT;
}

static bool is_new_slot(const struct code_signature *signature, size_t i, struct error *error) {
    for (size_t k = 0; k < i; k++)
        if (signature->blobs[k].slot == signature->blobs[i].slot)
            return reject(error, "slot", "is that of two blobs", signature->blobs[i].slot);
    return true;
}

static bool add_directory(struct code_signature *signature, struct bytes bytes,
                          struct error *error) {
    struct code_directory directory = {.bytes = bytes};
    if (!parse_directory(&directory, error))
        return false;
    for (size_t i = 0; i < signature->directory_count; i++)
        if (signature->directories[i].hash == directory.hash)
            return reject(error, "hashType", "is that of two CodeDirectories",
                          directory.hash->number);
    if (signature->directory_count == 0 || directory.hash > signature->directory.hash)
        signature->directory = directory;
    signature->directories[signature->directory_count++] = directory;
    return true;
}

static bool parse_blobs(struct bytes super, struct code_signature *signature, struct error *error) {
    bool has_directory = false;
    for (size_t i = 0; i < signature->blob_count; i++) {
        struct signature_blob *blob = &signature->blobs[i];
        bool is_directory;
        if (!parse_blob(super, i, blob, error) || !is_new_slot(signature, i, error))
            return false;
        has_directory |= blob->slot == CSSLOT_CODEDIRECTORY;
        is_directory = blob->slot == CSSLOT_CODEDIRECTORY || signature_blob_is_alternate(blob);
        if (is_directory && !add_directory(signature, blob->bytes, error))
            return false;
        if (blob->slot == CSSLOT_SIGNATURESLOT)
            signature->has_identity = blob->bytes.size > BLOB_HEADER;
    }
    return has_directory || error_malformed(error, "code signature", "there is no CodeDirectory");
}

bool code_signature_parse(struct bytes bytes, struct code_signature *signature,
                          struct error *error) {
    memset(signature, 0, sizeof *signature);
    if (bytes.size < SUPER_HEADER || bytes_u32_big(bytes, 0) != CSMAGIC_EMBEDDED_SIGNATURE)
        return reject(error, "SuperBlob", "bytes are too few, or not its magic", bytes.size);
    uint32_t length = bytes_u32_big(bytes, 4);
    uint32_t count = bytes_u32_big(bytes, 8);
    if (count > SIGNATURE_MOST_BLOBS)
        return reject(error, "SuperBlob count", "is more blobs than signatures have", count);
    if (length > bytes.size || length < SUPER_HEADER + (uint64_t)count * INDEX_ENTRY)
        return reject(error, "SuperBlob length", "does not fit the part or its index", length);
    bytes.size = length;
    signature->blob_count = count;
    return parse_blobs(bytes, signature, error);
}

const uint8_t *code_directory_hash(const struct code_directory *directory, size_t i) {
    return directory->bytes.data + directory->hash_offset + i * directory->hash_size;
}

void code_directory_digest(const struct code_directory *directory, struct bytes page,
                           uint8_t *target) {
    uint8_t whole[DIGEST_MOST];
    digest(directory->hash->digest, page, whole);
    memcpy(target, whole, directory->hash_size);
}

bool code_directories_alike(const struct code_directory *a, const struct code_directory *b) {
    return a->hash == b->hash && a->page_size == b->page_size;
}

struct bytes code_signature_slack(struct bytes bytes) {
    size_t start = bytes.size < 8 ? bytes.size : bytes_u32_big(bytes, 4), end = bytes.size;
    while (start < end && bytes.data[start] == 0)
        start++;
    while (end > start && bytes.data[end - 1] == 0)
        end--;
    return start < end ? (struct bytes){bytes.data + start, end - start} : (struct bytes){NULL, 0};
}

const struct signature_blob *code_signature_blob(const struct code_signature *signature,
                                                 uint32_t slot) {
    for (size_t i = 0; i < signature->blob_count; i++)
        if (signature->blobs[i].slot == slot)
            return &signature->blobs[i];
    return NULL;
}

bool code_directory_covers(const struct code_directory *directory, uint64_t offset,
                           struct error *error) {
    return directory->code_limit == offset ||
           error_malformed(error, "code signature codeLimit",
                           "0x%" PRIx64 " bytes are signed, the signature begins at 0x%" PRIx64,
                           directory->code_limit, offset);
}
