/* Code signatures: the SuperBlob at the end of an image and the CodeDirectory in it, which holds a
 * hash of each page of the image (xnu: osfmk/kern/cs_blobs.h, bsd/kern/ubc_subr.c). All big-endian.
 */
#ifndef VAFIT_MACHO_CODE_SIGNATURE_H
#define VAFIT_MACHO_CODE_SIGNATURE_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIGNATURE_MOST_BLOBS = 32,
    SIGNATURE_MOST_DIRECTORIES = 4, /* one of each hash */
    /* Bytes of a SuperBlob's header, of an entry of its index, and of a blob's header. */
    SUPER_HEADER = 12,
    INDEX_ENTRY = 8,
    BLOB_HEADER = 8,
    /* Byte offsets in a CodeDirectory. */
    CODE_DIRECTORY_LENGTH = 4,
    CODE_DIRECTORY_VERSION = 8,
    CODE_DIRECTORY_FLAGS = 12,
    CODE_DIRECTORY_HASH_OFFSET = 16,
    CODE_DIRECTORY_IDENTIFIER = 20,
    CODE_DIRECTORY_SPECIAL_COUNT = 24,
    CODE_DIRECTORY_PAGE_COUNT = 28,
    CODE_DIRECTORY_CODE_LIMIT = 32,
    CODE_DIRECTORY_HASH_SIZE = 36,
    CODE_DIRECTORY_HASH_TYPE = 37,
    CODE_DIRECTORY_PAGE_SHIFT = 39,
    CODE_DIRECTORY_SCATTER = 44,
    CODE_DIRECTORY_TEAM = 48,
    CODE_DIRECTORY_CODE_LIMIT_64 = 56,
    CODE_DIRECTORY_PRE_ENCRYPT = 92,
    CODE_DIRECTORY_LINKAGE_SIZE = 104,
};

/* One blob of a SuperBlob. */
struct signature_blob {
    uint32_t slot;
    struct bytes bytes; /* with its header of magic and length */
};

/* A row of the table of hashes that the kernel knows. */
struct signature_hash;

/* The fields of a CodeDirectory that matter here. */
struct code_directory {
    struct bytes bytes;
    const struct signature_hash *hash;
    uint32_t hash_size; /* bytes a hash */
    uint32_t flags;
    uint32_t hash_offset;   /* of the first page's hash, bytes into the blob */
    uint32_t special_count; /* hashes before that: of the other blobs, of Info.plist, ... */
    uint32_t page_count;
    uint64_t code_limit; /* bytes of the image that are hashed */
    uint32_t page_size;  /* bytes a hash */
    const char *identifier;
};

struct code_signature {
    size_t blob_count;
    struct signature_blob blobs[SIGNATURE_MOST_BLOBS];             /* in the SuperBlob's order */
    struct code_directory directories[SIGNATURE_MOST_DIRECTORIES]; /* in the SuperBlob's order */
    size_t directory_count;
    struct code_directory directory; /* the one of them that the kernel goes by: that of the best
                                        hash (bsd/kern/ubc_subr.c, cs_validate_csblob) */
    bool has_identity; /* somebody signed it: a new signature wants that identity again */
};

/* Reads a signature and all its CodeDirectories, of the hashes that the kernel takes: SHA-1,
 * SHA-256, SHA-256 cut to 20 bytes, SHA-384. Views into `bytes`, the whole part that
 * LC_CODE_SIGNATURE places. Errors: ERROR_MALFORMED naming "code signature FIELD", also for two
 * CodeDirectories of one hash, which the kernel refuses, and for what vafit cannot make anew:
 * scattered or encrypted code. */
bool code_signature_parse(struct bytes bytes, struct code_signature *signature,
                          struct error *error);
/* The blob in that slot, or NULL. */
const struct signature_blob *code_signature_blob(const struct code_signature *signature,
                                                 uint32_t slot);
/* What stands after the SuperBlob in the part that LC_CODE_SIGNATURE places, `bytes`, without the
 * zeros at its ends: the rest of a longer signature, where a tool signs in the place of one. Nobody
 * reads it. */
struct bytes code_signature_slack(struct bytes bytes);
uint32_t code_directory_version(const struct code_directory *directory);
/* Whether a blob is in a slot of CodeDirectories beside the first one. */
bool signature_blob_is_alternate(const struct signature_blob *blob);
/* The hash of page i of the directory; hash_size bytes. */
const uint8_t *code_directory_hash(const struct code_directory *directory, size_t i);
/* Computes a hash of the directory's kind: hash_size bytes to `target`. */
void code_directory_digest(const struct code_directory *directory, struct bytes page,
                           uint8_t *target);
/* Whether both hash the same pages in the same way. */
bool code_directories_alike(const struct code_directory *a, const struct code_directory *b);

/* Whether it hashes all before the signature, which begins at `offset` of the slice: dyld wants
 * that (DyldDelegates.cpp, registerSignature). Errors: ERROR_MALFORMED. */
bool code_directory_covers(const struct code_directory *directory, uint64_t offset,
                           struct error *error);

#endif
