/* Name ids: strings as small numbers. Two names are equal when their ids are, and what is known of
 * a name stands in an array. */
#ifndef VAFIT_BASE_NAME_IDS_H
#define VAFIT_BASE_NAME_IDS_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise it; release with name_ids_free. */
struct name_ids {
    struct arena arena; /* the names */
    uint64_t key;
    struct name_id_slot {
        uint64_t hash;
        uint32_t id;    /* 0 for none */
    } * slots;          /* a table of open addresses, at most half full; owned */
    size_t slot_count;  /* a power of two */
    const char **items; /* the names by id, in the arena */
    size_t count;       /* the greatest id, and one more */
    size_t capacity;
};

/* The id of a name, from 1 on: 1, 2, 3 in the order in which they were added. Copies a new one. */
uint32_t name_ids_add(struct name_ids *ids, const char *name);
/* Likewise of a name that was added; 0 for any other. */
uint32_t name_ids_find(const struct name_ids *ids, const char *name);
/* The name of an id; lives as long as the ids. */
const char *name_ids_name(const struct name_ids *ids, uint32_t id);
void name_ids_free(struct name_ids *ids);

#endif
