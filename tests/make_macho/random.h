/* Numbers that look random and are the same in every run with the same seed. */
#ifndef MAKE_MACHO_RANDOM_H
#define MAKE_MACHO_RANDOM_H

#include <stdint.h>

/* splitmix64. Set `state` to the seed. */
struct random {
    uint64_t state;
};

uint64_t random_next(struct random *source);
/* Below `limit`, which is not 0. */
uint64_t random_below(struct random *source, uint64_t limit);
/* exp(sigma * z) with z normally distributed: log-normal with median 1. */
double random_log_normal(struct random *source, double sigma);

/* Scrambles `value`: a bijection on 64 bits. */
uint64_t hash_number(uint64_t value);
uint64_t hash_text(const char *text, uint64_t seed);

#endif
