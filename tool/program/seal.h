/* Seals: _CodeSignature/CodeResources, which lists what a bundle holds, each file with its hashes
 * and each piece of nested code with its cdhash and requirement. The executable of the bundle has
 * the hash of that list in its signature.
 *
 * What is here tells where each value stands, so that it can be changed there and all else, known
 * or not, stays as it is. Hashes are as long after as before.
 *
 * Sources: Security, resources.cpp (ResourceBuilder, ResourceSeal), signer.cpp (buildResources,
 * signNested). */
#ifndef VAFIT_PROGRAM_SEAL_H
#define VAFIT_PROGRAM_SEAL_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CDHASH_SIZE = 20 };

/* What an entry holds, as it stands in the text; `data` is NULL for what it does not have. */
enum seal_value {
    SEAL_HASH,        /* SHA-1 of the file, base64 */
    SEAL_HASH2,       /* SHA-256 */
    SEAL_CDHASH,      /* of nested code */
    SEAL_REQUIREMENT, /* of nested code, in the language of requirements */
    SEAL_VALUES
};

/* An entry of `files` or `files2`. */
struct seal_entry {
    const char *path; /* from the root of the seal */
    struct bytes values[SEAL_VALUES];
    bool has_other; /* it has a value that vafit does not know */
};

struct seal {
    struct seal_entry *items;
    size_t count;
    size_t capacity;
};

/* The size of the file that is read. */
enum { SEAL_LARGEST = 64 << 20 };

/* Reads a seal; views into `text`, which is to stay, paths in the arena. Errors: ERROR_MALFORMED.
 */
bool seal_read(struct arena *arena, struct bytes text, struct seal *seal, struct error *error);
/* The digest that a value is, or -1 (for no hash of a file). */
int seal_digest(enum seal_value value, size_t *size);
/* Decodes the base64 of a value of `size` bytes; false for anything else. */
bool seal_data(struct bytes value, uint8_t *data, size_t size);
/* Writes other data of that size in the place of a value, into `text`, a copy of the seal's text in
 * which the value stands at the same place. */
void seal_put_data(struct bytes value, const uint8_t *data, uint8_t *text);

#endif
