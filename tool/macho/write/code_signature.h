/* A new ad-hoc code signature in the place of an old one, but for its page hashes. */
#ifndef VAFIT_MACHO_WRITE_CODE_SIGNATURE_H
#define VAFIT_MACHO_WRITE_CODE_SIGNATURE_H

#include "macho/code_signature.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes a new ad-hoc signature of an image takes, of which `code_limit` bytes are hashed: the
 * same blobs but for an identity, and of the CodeDirectories the one that the kernel goes by, with
 * as many pages as it then has. Without padding. */
uint64_t code_signature_new_size(const struct code_signature *old, uint64_t code_limit);
/* Writes that signature but for the page hashes, which begin at *page_hashes, to `target` of
 * code_signature_new_size bytes. Identifier, version, flags but for CS_ADHOC, page size,
 * execSeg fields and special slots stay. */
void code_signature_write(const struct code_signature *old, uint64_t code_limit, uint8_t *target,
                          uint8_t **page_hashes);

/* The ad-hoc signature of an image that had none, as ld64 and ld64.lld make it: one CodeDirectory
 * of SHA-256, pages of 4 KiB, signed by the linker (xnu: osfmk/kern/cs_blobs.h). */
struct adhoc_signature {
    const char *identifier; /* the file's leaf name */
    uint64_t code_limit;    /* bytes that are hashed, below 4 GiB */
    uint64_t text_size;     /* filesize of __TEXT, which begins the file */
};
enum { ADHOC_PAGE = 4096 };
/* The bytes it takes, without padding. */
uint64_t code_signature_adhoc_size(const struct adhoc_signature *signature);
/* Writes it but for the page hashes, which begin at the result. */
uint8_t *code_signature_adhoc_write(const struct adhoc_signature *signature, uint8_t *target);

/* Whether the fields, the identifier and the special slots of a CodeDirectory are those that
 * code_signature_write makes of `directory`, but for the hash of CodeResources: where there is one,
 * another may follow, for a bundle is sealed again with every image that it holds. *at is the first
 * byte that is not. */
bool code_directory_follows(const struct code_directory *directory,
                            const struct code_directory *new, size_t *at);

#endif
