#include "rewrite/reseal_values.h"

#include "base/mapping.h"
#include "rewrite/file_signatures.h"

#include <stdio.h>
#include <string.h>

enum { HEX_SIZE = 2 * CDHASH_SIZE };

static bool reject(const struct seal_change *change, struct error *error, const char *what) {
    return error_malformed(error, "", "its entry of %.400s %s", change->entry->path, what);
}

static uint8_t *place_of(const struct seal_change *change, struct bytes value) {
    return change->copy + (value.data - change->text.data);
}

bool seal_entry_is_code(const struct seal_entry *entry) {
    return entry->values[SEAL_CDHASH].data != NULL || entry->values[SEAL_REQUIREMENT].data != NULL;
}

/* --- bytes --- */

static bool digest_at(const char *path, enum digest_kind kind, uint8_t *target,
                      struct error *error) {
    struct file file;
    struct mapping mapping;
    if (!file_open(path, &file, error))
        return false;
    bool mapped = mapping_make(&file, 0, file.size, &mapping, error);
    if (mapped) {
        digest(kind, mapping.bytes, target);
        mapping_free(&mapping);
    }
    file_close(&file);
    return mapped || error_in_file(error, path);
}

static bool change_hash(const struct seal_change *change, enum seal_value which,
                        struct error *error) {
    struct bytes value = change->entry->values[which];
    uint8_t said[DIGEST_MOST], old[DIGEST_MOST], new[DIGEST_MOST];
    size_t size;
    int kind = seal_digest(which, &size);
    if (value.data == NULL)
        return true;
    if (!digest_at(change->old_file, (enum digest_kind)kind, old, error) ||
        !digest_at(change->new_file, (enum digest_kind)kind, new, error))
        return false;
    if (!seal_data(value, said, size) || memcmp(said, old, size) != 0)
        return reject(change, error, "is not what the file was");
    seal_put_data(value, new, place_of(change, value));
    return true;
}

/* --- nested code --- */

/* The cdhashes of both files. */
struct code_change {
    struct file_signatures old;
    struct file_signatures new;
};

/* What takes the place of a directory; NULL for none. */
static const struct file_directory *follower(const struct code_change *code,
                                             const struct file_directory *old) {
    for (size_t i = 0; i < code->new.count; i++) {
        const struct file_directory *new = &code->new.items[i];
        if (new->architecture == old->architecture &&new->directory.hash == old->directory.hash)
            return new;
    }
    return NULL;
}

/* The new cdhash for an old one, or the old one; NULL for one that the old file does not have. */
static const uint8_t *new_cdhash(const struct code_change *code, const uint8_t *old) {
    for (size_t i = 0; i < code->old.count; i++) {
        const struct file_directory *item = &code->old.items[i];
        if (memcmp(item->cdhash, old, CDHASH_SIZE) != 0)
            continue;
        const struct file_directory *new = follower(code, item);
        return new == NULL ? item->cdhash : new->cdhash;
    }
    return NULL;
}

static bool has_cdhash(const struct file_signatures *all, const uint8_t *cdhash) {
    for (size_t i = 0; i < all->count; i++)
        if (memcmp(all->items[i].cdhash, cdhash, CDHASH_SIZE) == 0)
            return true;
    return false;
}

static bool change_cdhash(const struct seal_change *change, const struct code_change *code,
                          struct error *error) {
    struct bytes value = change->entry->values[SEAL_CDHASH];
    uint8_t old[CDHASH_SIZE];
    if (value.data == NULL)
        return true;
    const uint8_t *new = seal_data(value, old, sizeof old) ? new_cdhash(code, old) : NULL;
    if (new == NULL)
        return reject(change, error, "is not what the code was");
    if (!has_cdhash(&code->new, new))
        return reject(change, error, "is of a CodeDirectory that the new code does not have");
    seal_put_data(value, new, place_of(change, value));
    return true;
}

static bool hex_data(const uint8_t *text, uint8_t data[CDHASH_SIZE]) {
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < HEX_SIZE; i++) {
        const char *digit = text[i] == 0 ? NULL : strchr(hex, text[i]);
        if (digit == NULL)
            return false;
        unsigned value = (unsigned)(digit - hex);
        data[i / 2] = (uint8_t)(i % 2 == 0 ? value << 4 : data[i / 2] | value);
    }
    return true;
}

static void put_hex(const uint8_t *data, uint8_t *text) {
    for (size_t i = 0; i < CDHASH_SIZE; i++) {
        char pair[3];
        snprintf(pair, sizeof pair, "%02x", data[i]);
        memcpy(text + 2 * i, pair, 2);
    }
}

/* Each run of 40 digits that is a cdhash of the old file: of ad-hoc code the requirement is
 * `cdhash H"..." or cdhash H"..."`; a quote may stand there as an entity. */
static void change_requirement(const struct seal_change *change, const struct code_change *code) {
    struct bytes value = change->entry->values[SEAL_REQUIREMENT];
    uint8_t old[CDHASH_SIZE];
    for (size_t i = 0; value.data != NULL && i + HEX_SIZE <= value.size; i++) {
        if (!hex_data(value.data + i, old))
            continue;
        const uint8_t *new = new_cdhash(code, old);
        if (new != NULL) {
            put_hex(new, place_of(change, value) + i);
            i += HEX_SIZE - 1;
        }
    }
}

static bool change_code(struct arena *arena, const struct seal_change *change,
                        struct error *error) {
    struct code_change code;
    if (!file_signatures_read(arena, change->old_file, &code.old, error) ||
        !file_signatures_read(arena, change->new_file, &code.new, error))
        return false;
    if (!code.old.is_whole || !code.new.is_whole)
        return reject(change, error, "is of code with a slice that is not signed, or not known");
    if (!change_cdhash(change, &code, error))
        return false;
    change_requirement(change, &code);
    return true;
}

bool seal_change_apply(struct arena *arena, const struct seal_change *change, struct error *error) {
    if (change->entry->has_other)
        return reject(change, error, "has a value that vafit does not know");
    if (seal_entry_is_code(change->entry))
        return change_code(arena, change, error);
    return change_hash(change, SEAL_HASH, error) && change_hash(change, SEAL_HASH2, error);
}
