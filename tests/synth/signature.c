#include "signature.h"

#include "base/bytes.h"

#include <string.h>

enum {
    HASH_SIZE = 32, /* SHA-256 */
    HASHED_PAGE_SHIFT = 12,
    HASH_ALIGNMENT = 16,
    SUPER_BLOB_SIZE = 24, /* its header and one index entry, padded */
    DIRECTORY_SIZE = 88,  /* the fixed part of a CodeDirectory of that version */
    DIRECTORY_VERSION = 0x20400,
    ADHOC_LINKER_SIGNED = 0x20002,
    HASH_TYPE_SHA256 = 2,
};

static uint64_t slots_of(const struct signature *signature) {
    uint64_t page = UINT64_C(1) << HASHED_PAGE_SHIFT;
    return round_up(signature->code_limit, page) / page;
}

/* From the start of the SuperBlob. */
static uint64_t hashes_offset(const struct signature *signature) {
    return round_up(SUPER_BLOB_SIZE + DIRECTORY_SIZE + strlen(signature->identifier) + 1,
                    HASH_ALIGNMENT);
}

uint64_t signature_size(const struct signature *signature) {
    return hashes_offset(signature) + slots_of(signature) * HASH_SIZE;
}

static void write_super_blob(uint32_t size, struct buffer *buffer) {
    buffer_u32_big(buffer, 0xfade0cc0);
    buffer_u32_big(buffer, size);
    buffer_u32_big(buffer, 1); /* one blob */
    buffer_u32_big(buffer, 0); /* a CodeDirectory */
    buffer_u32_big(buffer, SUPER_BLOB_SIZE);
    buffer_u32_big(buffer, 0); /* padding */
}

static void write_directory(const struct signature *signature, uint32_t size,
                            struct buffer *buffer) {
    buffer_u32_big(buffer, 0xfade0c02);
    buffer_u32_big(buffer, size);
    buffer_u32_big(buffer, DIRECTORY_VERSION);
    buffer_u32_big(buffer, ADHOC_LINKER_SIGNED);
    buffer_u32_big(buffer, (uint32_t)hashes_offset(signature) - SUPER_BLOB_SIZE);
    buffer_u32_big(buffer, DIRECTORY_SIZE); /* the identifier's offset */
    buffer_u32_big(buffer, 0);              /* special slots */
    buffer_u32_big(buffer, (uint32_t)slots_of(signature));
    buffer_u32_big(buffer, (uint32_t)signature->code_limit);
    buffer_u8(buffer, HASH_SIZE);
    buffer_u8(buffer, HASH_TYPE_SHA256);
    buffer_u8(buffer, 0); /* platform */
    buffer_u8(buffer, HASHED_PAGE_SHIFT);
    buffer_u32_big(buffer, 0); /* spare */
    buffer_u32_big(buffer, 0); /* scatter offset */
    buffer_u32_big(buffer, 0); /* team offset */
    buffer_u32_big(buffer, 0); /* spare */
    buffer_u64_big(buffer, 0); /* 64-bit code limit */
    buffer_u64_big(buffer, 0); /* start of the executable segment */
    buffer_u64_big(buffer, signature->text_size);
    buffer_u64_big(buffer, signature->is_executable); /* CS_EXECSEG_MAIN_BINARY */
}

void signature_write(const struct signature *signature, struct buffer *buffer) {
    uint32_t size = (uint32_t)signature_size(signature);
    write_super_blob(size, buffer);
    write_directory(signature, size - SUPER_BLOB_SIZE, buffer);
    buffer_string(buffer, signature->identifier);
}
