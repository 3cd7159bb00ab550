#include "macho/string_repeats.h"

#include "base/memory.h"
#include "base/seed.h"

#include <stdlib.h>
#include <string.h>

enum { WORD = 8, FIRST_CAPACITY = 1 << 10 };

static const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);

static uint64_t mixed(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * factor;
    return hash ^ hash >> 32;
}

/* Takes eight characters at a time, counted from the string's beginning, so that it does not matter
 * where windows end. */
static void hash_add(struct running_hash *hash, const uint8_t *data, size_t size) {
    size_t at = 0;
    while (at < size) {
        unsigned filled = hash->size % WORD;
        if (filled == 0 && size - at >= WORD) {
            hash->value = mixed(hash->value, bytes_u64((struct bytes){data, size}, at));
            hash->size += WORD;
            at += WORD;
            continue;
        }
        hash->word |= (uint64_t)data[at++] << 8 * filled;
        hash->size++;
        if (filled + 1 == WORD) {
            hash->value = mixed(hash->value, hash->word);
            hash->word = 0;
        }
    }
}

/* --- the table --- */

/* The place of a hash, or the free one where it goes. */
static uint64_t *place_of(uint64_t *known, size_t capacity, uint64_t hash) {
    size_t at = (size_t)(hash & (capacity - 1));
    while (known[at] != 0 && known[at] != hash)
        at = (at + 1) & (capacity - 1);
    return &known[at];
}

static void grow(struct string_repeats *repeats) {
    size_t capacity = repeats->capacity == 0 ? FIRST_CAPACITY : 2 * repeats->capacity;
    uint64_t *known = memory_zeros(capacity, sizeof *known);
    for (size_t i = 0; i < repeats->capacity; i++)
        if (repeats->known[i] != 0)
            *place_of(known, capacity, repeats->known[i]) = repeats->known[i];
    free(repeats->known);
    repeats->known = known;
    repeats->capacity = capacity;
}

static bool is_known(struct string_repeats *repeats, uint64_t hash) {
    uint64_t *place = place_of(repeats->known, repeats->capacity, hash);
    if (*place == hash)
        return true;
    *place = hash;
    repeats->count++;
    return false;
}

static void look_up(struct string_repeats *repeats) {
    for (size_t i = 0; i < repeats->waiting_count; i++)
        if (is_known(repeats, repeats->waiting[i].hash))
            repeats->repeated += repeats->waiting[i].size;
        else
            repeats->distinct += repeats->waiting[i].size;
    repeats->waiting_count = 0;
}

/* The table has room for all that wait. */
static void add(struct string_repeats *repeats, uint64_t hash, uint64_t size) {
    if (repeats->waiting_count == STRINGS_WAITING)
        look_up(repeats);
    if (repeats->count + STRINGS_WAITING >= repeats->capacity / 4 * 3)
        grow(repeats);
    __builtin_prefetch(&repeats->known[hash & (repeats->capacity - 1)], 1);
    repeats->waiting[repeats->waiting_count++] = (struct waiting_string){hash, size};
}

/* --- strings --- */

static void end_string(struct string_repeats *repeats) {
    struct running_hash *hash = &repeats->hash;
    uint64_t value = mixed(mixed(hash->value, hash->word), hash->size) * factor;
    if (hash->size != 0)
        add(repeats, value + (value == 0), hash->size + 1);
    *hash = (struct running_hash){.value = repeats->seed};
    repeats->inside = false;
}

void string_repeats_begin(struct string_repeats *repeats) {
    *repeats = (struct string_repeats){.seed = seed()};
    repeats->hash.value = repeats->seed;
}

/* Where the next name begins; the null name at index 0 is none. */
static size_t next_string(uint64_t at, size_t from, size_t size, const uint8_t *starts) {
    uint64_t eight = 0;
    if (at == 0 && from == 0)
        from = 1;
    for (; from + WORD <= size; from += WORD) {
        memcpy(&eight, starts + from, sizeof eight);
        if (eight != 0)
            break;
    }
    while (from < size && starts[from] == 0)
        from++;
    return from < size ? from : size;
}

void string_repeats_feed(struct string_repeats *repeats, uint64_t at, struct bytes window,
                         const uint8_t *starts) {
    size_t from = 0;
    while (from < window.size) {
        size_t start = repeats->inside ? from : next_string(at, from, window.size, starts);
        if (start == window.size)
            return;
        const uint8_t *end = memchr(window.data + start, '\0', window.size - start);
        size_t past = end == NULL ? window.size : (size_t)(end - window.data);
        hash_add(&repeats->hash, window.data + start, past - start);
        repeats->inside = true;
        if (end != NULL)
            end_string(repeats);
        from = past + 1;
    }
}

void string_repeats_end(struct string_repeats *repeats) {
    if (repeats->inside)
        end_string(repeats);
    look_up(repeats);
}

void string_repeats_free(struct string_repeats *repeats) {
    free(repeats->known);
    *repeats = (struct string_repeats){0};
}
