#include "base/keyed_hash.h"

__extension__ typedef unsigned __int128 product;

static uint64_t mix(uint64_t a, uint64_t b) {
    product both = (product)a * b;
    return (uint64_t)both ^ (uint64_t)(both >> 64);
}

uint64_t keyed_hash(uint64_t key, struct bytes bytes) {
    uint64_t state = key ^ bytes.size;
    size_t at = 0;
    for (; at + 8 <= bytes.size; at += 8)
        state = mix(state ^ bytes_u64(bytes, at), key | 1);
    return mix(state ^ bytes_little(bytes, at, bytes.size - at), ~key | 1);
}
