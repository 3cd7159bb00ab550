#include "program/seal.h"

#include "base/plist.h"

#include <string.h>

/* A text in base64, as it is read or written: only its digits matter. */
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int seal_digest(enum seal_value value, size_t *size) {
    *size = value == SEAL_HASH ? SHA1_SIZE : SHA256_SIZE;
    return value == SEAL_HASH ? DIGEST_SHA1 : value == SEAL_HASH2 ? DIGEST_SHA256 : -1;
}

static bool is_space(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* The digits of `size` bytes, the last one filled up with zeros, then as many '=' as make fours. */
static size_t digit_count(size_t size) {
    return (size * 8 + 5) / 6;
}

bool seal_data(struct bytes value, uint8_t *data, size_t size) {
    size_t count = 0, wanted = digit_count(size), all = (wanted + 3) / 4 * 4;
    memset(data, 0, size);
    for (size_t i = 0; i < value.size; i++) {
        uint8_t byte = value.data[i];
        if (is_space(byte))
            continue;
        const char *digit = byte == 0 ? NULL : strchr(digits, byte);
        if (count == all || (count < wanted ? digit == NULL : byte != '='))
            return false;
        for (size_t bit = 0; count < wanted && bit < 6; bit++) {
            size_t at = count * 6 + bit;
            unsigned is_set = (unsigned)(digit - digits) >> (5 - bit) & 1;
            if (at >= size * 8 && is_set != 0)
                return false;
            if (at < size * 8)
                data[at / 8] = (uint8_t)(data[at / 8] | is_set << (7 - at % 8));
        }
        count++;
    }
    return count == all;
}

/* The six bits from `bit` on; zeros after the data. */
static unsigned six_bits(const uint8_t *data, size_t size, size_t bit) {
    unsigned value = 0;
    for (size_t i = bit; i < bit + 6; i++)
        value = value << 1 | (i < size * 8 ? (unsigned)data[i / 8] >> (7 - i % 8) & 1 : 0);
    return value;
}

void seal_put_data(struct bytes value, const uint8_t *data, uint8_t *text) {
    size_t count = 0;
    for (size_t i = 0; i < value.size; i++)
        count += !is_space(value.data[i]) && value.data[i] != '=';
    size_t size = count * 6 / 8, at = 0;
    for (size_t i = 0; i < value.size; i++)
        if (!is_space(value.data[i]) && value.data[i] != '=')
            text[i] = (uint8_t)digits[six_bits(data, size, 6 * at++)];
}

/* --- state --- */

struct seal_reader {
    struct plist_reader reader;
    struct arena *arena;
    struct seal *seal;
};

static const char *read_name(struct seal_reader *state, struct error *error) {
    return plist_text(state->arena, state->reader.content, error);
}

/* What follows the keys of an entry; others that are known have nothing to change. */
static bool take_value(struct seal_reader *state, const char *name, enum plist_token token,
                       struct seal_entry *entry, struct error *error) {
    static const struct {
        const char *name;
        enum plist_token token;
        enum seal_value value;
    } rows[] = {
        {"hash", PLIST_DATA, SEAL_HASH},        {"hash2", PLIST_DATA, SEAL_HASH2},
        {"cdhash", PLIST_DATA, SEAL_CDHASH},    {"requirement", PLIST_STRING, SEAL_REQUIREMENT},
        {"optional", PLIST_OTHER, SEAL_VALUES}, {"symlink", PLIST_STRING, SEAL_VALUES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(name, rows[i].name) != 0 || token != rows[i].token)
            continue;
        if (rows[i].value != SEAL_VALUES)
            entry->values[rows[i].value] = state->reader.content;
        return true;
    }
    entry->has_other = true;
    return plist_skip(&state->reader, token, error);
}

static bool read_entry(struct seal_reader *state, enum plist_token token, struct seal_entry *entry,
                       struct error *error) {
    if (token == PLIST_DATA) {
        entry->values[SEAL_HASH] = state->reader.content;
        return true;
    }
    if (token != PLIST_DICT) {
        entry->has_other = true;
        return plist_skip(&state->reader, token, error);
    }
    for (;;) {
        if (!plist_next(&state->reader, &token, error))
            return false;
        if (token == PLIST_DICT_END)
            return true;
        const char *name = read_name(state, error);
        if (name == NULL || !plist_next(&state->reader, &token, error) ||
            !take_value(state, name, token, entry, error))
            return false;
    }
}

static bool read_entries(struct seal_reader *state, struct error *error) {
    enum plist_token token;
    for (;;) {
        if (!plist_next(&state->reader, &token, error))
            return false;
        if (token == PLIST_DICT_END)
            return true;
        struct seal_entry *entry = vector_push(state->arena, state->seal);
        *entry = (struct seal_entry){.path = read_name(state, error)};
        if (entry->path == NULL || !plist_next(&state->reader, &token, error) ||
            !read_entry(state, token, entry, error))
            return false;
    }
}

static bool read_member(struct seal_reader *state, struct error *error) {
    enum plist_token token;
    const char *name = read_name(state, error);
    if (name == NULL || !plist_next(&state->reader, &token, error))
        return false;
    bool lists = strcmp(name, "files") == 0 || strcmp(name, "files2") == 0;
    return lists && token == PLIST_DICT ? read_entries(state, error)
                                        : plist_skip(&state->reader, token, error);
}

bool seal_read(struct arena *arena, struct bytes text, struct seal *seal, struct error *error) {
    struct seal_reader state = {.reader.text = text, .arena = arena, .seal = seal};
    enum plist_token token;
    *seal = (struct seal){0};
    if (!plist_next(&state.reader, &token, error))
        return false;
    if (token != PLIST_DICT)
        return error_malformed(error, "property list", "no dictionary");
    while (plist_next(&state.reader, &token, error)) {
        if (token == PLIST_DICT_END)
            return plist_next(&state.reader, &token, error);
        if (!read_member(&state, error))
            return false;
    }
    return false;
}
