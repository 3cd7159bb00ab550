#include "base/map.h"

#include "base/error.h"

#include <string.h>

#define uthash_fatal(message) out_of_memory()
/* uthash hashes with unsigned arithmetic that wraps on purpose and converts freely. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"
#include <uthash.h>

struct map_entry {
    const char *key;
    void *value;
    UT_hash_handle hh;
};

void *map_get(const struct map *map, const char *key) {
    struct map_entry *entry = NULL;
    HASH_FIND_STR(map->entries, key, entry);
    return entry == NULL ? NULL : entry->value;
}

void map_put(struct map *map, struct arena *arena, const char *key, void *value) {
    struct map_entry *entry = NULL;
    HASH_FIND_STR(map->entries, key, entry);
    if (entry == NULL) {
        entry = arena_take(arena, sizeof *entry);
        entry->key = arena_string(arena, key);
        HASH_ADD_KEYPTR(hh, map->entries, entry->key, strlen(entry->key), entry);
    }
    entry->value = value;
}

void map_free(struct map *map) {
    HASH_CLEAR(hh, map->entries);
}
#pragma GCC diagnostic pop
