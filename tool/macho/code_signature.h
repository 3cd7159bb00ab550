/* Code signatures: the SuperBlob at the end of an image and the CodeDirectory in it, which holds a
 * hash of each page of the image (xnu: osfmk/kern/cs_blobs.h, bsd/kern/ubc_subr.c). All big-endian.
 */
#ifndef VAFIT_MACHO_CODE_SIGNATURE_H
#define VAFIT_MACHO_CODE_SIGNATURE_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIGNATURE_MOST_BLOBS = 32,
    SIGNATURE_MOST_DIRECTORIES = 4, /* one of each hash */
    /* Slots of a SuperBlob. */
    SLOT_CODE_DIRECTORY = 0,
    SLOT_REQUIREMENTS = 2,
    SLOT_ENTITLEMENTS = 5,
    SLOT_DER_ENTITLEMENTS = 7,
    SLOT_ALTERNATE_FIRST = 0x1000, /* CodeDirectories with other hashes, up to ... */
    SLOT_ALTERNATE_LAST = 0x1004,
    SLOT_CMS = 0x10000, /* who signed: empty when nobody did */
    /* flags of a CodeDirectory */
    SIGNED_ADHOC = 0x2,
    SIGNED_RUNTIME = 0x10000, /* CS_RUNTIME: the hardened runtime */
    SIGNED_BY_LINKER = 0x20000,
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
/* What stands behind the SuperBlob in the part that LC_CODE_SIGNATURE places, `bytes`, without the
 * zeros at its ends: the rest of a longer signature, where a tool signs in the place of one. Nobody
 * reads it. */
struct bytes code_signature_slack(struct bytes bytes);
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

/* The bytes a new ad-hoc signature of an image takes, of which `code_limit` bytes are hashed: the
 * same blobs but for an identity, and of the CodeDirectories the one that the kernel goes by, with
 * as many pages as it then has. Without padding. */
uint64_t code_signature_new_size(const struct code_signature *old, uint64_t code_limit);
/* Writes that signature but for the page hashes, which begin at *page_hashes, to `target` of
 * code_signature_new_size bytes. Identifier, version, flags but for SIGNED_ADHOC, page size,
 * execSeg fields and special slots stay. */
void code_signature_write(const struct code_signature *old, uint64_t code_limit, uint8_t *target,
                          uint8_t **page_hashes);

/* Whether the fields, the identifier and the special slots of a CodeDirectory are those that
 * code_signature_write makes of `old`; *at is the first byte that is not. */
bool code_directory_follows(const struct code_signature *old, const struct code_directory *new,
                            size_t *at);

#endif
