/* The values of one entry of a seal, for a file that changes. */
#ifndef VAFIT_REWRITE_RESEAL_VALUES_H
#define VAFIT_REWRITE_RESEAL_VALUES_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "program/seal.h"

#include <stdbool.h>
#include <stdint.h>

struct seal_change {
    const struct seal_entry *entry;
    const char *old_file; /* paths of what the entry is about */
    const char *new_file;
    struct bytes text; /* of the seal, as it was */
    uint8_t *copy;     /* of it, which is changed */
};

/* Whether the entry is of nested code, and not of a file's bytes. */
bool seal_entry_is_code(const struct seal_entry *entry);
/* Writes what the new file has in place of what the old one had: hashes of the bytes, or of nested
 * code each cdhash, by slice and kind of hash, also where a requirement names it; there one of
 * a CodeDirectory that the new file has no more stays. Errors: ERROR_MALFORMED when the old file is
 * not what the entry says, the entry is of such a CodeDirectory, or the entry holds what vafit does
 * not know; ERROR_IO. */
bool seal_change_apply(struct arena *arena, const struct seal_change *change, struct error *error);

#endif
