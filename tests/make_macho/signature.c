/* SEEK_DATA is newer than the POSIX of the other files. */
#define _GNU_SOURCE
#include "signature.h"

#include "base/bytes.h"
#include "base/digest.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    HASH_SIZE = 32, /* SHA-256 */
    HASHED_PAGE_SHIFT = 12,
    HASHED_PAGE = 1 << HASHED_PAGE_SHIFT,
    HASHED_AT_ONCE = 256, /* pages */
    HASH_ALIGNMENT = 16,
    SUPER_BLOB_SIZE = 24, /* its header and one index entry, padded */
    DIRECTORY_SIZE = 88,  /* the fixed part of a CodeDirectory of that version */
    DIRECTORY_VERSION = 0x20400,
    ADHOC_LINKER_SIGNED = 0x20002,
    HASH_TYPE_SHA256 = 2,
};

static uint64_t slots_of(const struct signature *signature) {
    return round_up(signature->code_limit, HASHED_PAGE) / HASHED_PAGE;
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

/* --- hashes --- */

/* Some pages of the file and their hashes. */
struct hashed {
    uint8_t bytes[HASHED_AT_ONCE * HASHED_PAGE];
    uint8_t hashes[HASHED_AT_ONCE * HASH_SIZE];
    uint8_t of_zeros[HASH_SIZE]; /* a whole page of them */
};

/* Whether the file has nothing but zeros from `start` to `end`, as far as the file system says. */
static bool is_hole(const struct file *file, uint64_t start, uint64_t end) {
    off_t data = lseek(file->descriptor, (off_t)start, SEEK_DATA);
    return data >= 0 && (uint64_t)data >= end;
}

static bool hash_pages(const struct file *file, uint64_t start, uint64_t end, struct hashed *hashed,
                       struct error *error) {
    bool hole = (end - start) % HASHED_PAGE == 0 && is_hole(file, start, end);
    if (!hole && !file_read(file, start, hashed->bytes, (size_t)(end - start), error))
        return false;
    for (uint64_t page = start; page < end; page += HASHED_PAGE) {
        uint8_t *hash = hashed->hashes + (page - start) / HASHED_PAGE * HASH_SIZE;
        uint64_t size = end - page < HASHED_PAGE ? end - page : HASHED_PAGE;
        if (hole)
            memcpy(hash, hashed->of_zeros, HASH_SIZE);
        else
            digest(DIGEST_SHA256, (struct bytes){hashed->bytes + (page - start), (size_t)size},
                   hash);
    }
    return true;
}

static bool hash_file(const struct signature *signature, const struct file *file,
                      const struct output *output, struct error *error) {
    struct hashed *hashed = calloc(1, sizeof *hashed);
    uint64_t target = signature->code_limit + hashes_offset(signature);
    bool written = true;
    if (hashed == NULL)
        out_of_memory();
    digest(DIGEST_SHA256, (struct bytes){hashed->bytes, HASHED_PAGE}, hashed->of_zeros);
    for (uint64_t start = 0; start < signature->code_limit && written;
         start += sizeof hashed->bytes) {
        uint64_t left = signature->code_limit - start;
        uint64_t size = left < sizeof hashed->bytes ? left : sizeof hashed->bytes;
        uint64_t pages = round_up(size, HASHED_PAGE) / HASHED_PAGE;
        written = hash_pages(file, start, start + size, hashed, error) &&
                  output_write(output, target + start / HASHED_PAGE * HASH_SIZE, hashed->hashes,
                               (size_t)pages * HASH_SIZE, error);
    }
    free(hashed);
    return written;
}

bool signature_write_hashes(const struct signature *signature, const struct output *output,
                            struct error *error) {
    struct file file;
    if (!file_open(output->path, &file, error))
        return false;
    bool written = hash_file(signature, &file, output, error);
    file_close(&file);
    return written;
}
