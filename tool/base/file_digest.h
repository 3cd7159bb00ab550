/* The digest of a whole file: what tells one from another when nothing else does. */
#ifndef VAFIT_BASE_FILE_DIGEST_H
#define VAFIT_BASE_FILE_DIGEST_H

#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stdint.h>

/* SHA-256 over the SHA-256 of each MiB of an open file, which all processors share the work of.
 * Errors: ERROR_IO without the file's name. */
bool file_digest(const struct file *file, uint8_t target[SHA256_SIZE], struct error *error);

/* Of the file at `path`. Errors: ERROR_IO naming it. */
bool file_digest_at(const char *path, uint8_t target[SHA256_SIZE], struct error *error);

#endif
