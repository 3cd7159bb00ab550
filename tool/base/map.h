/* A map from strings to pointers. */
#ifndef VAFIT_BASE_MAP_H
#define VAFIT_BASE_MAP_H

#include "base/arena.h"

struct map_entry;

/* Zero-initialise it. Keys and entries live in the arena given to map_put. */
struct map {
    struct map_entry *entries; /* a uthash table */
};

/* The value of `key`, or NULL. */
void *map_get(const struct map *map, const char *key);
/* Sets the value of `key`, copying the key. */
void map_put(struct map *map, struct arena *arena, const char *key, void *value);
/* Releases the table; what lives in the arena stays there. */
void map_free(struct map *map);

#endif
