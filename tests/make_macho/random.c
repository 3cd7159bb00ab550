#include "random.h"

#include <math.h>

static const double two_pi = 6.283185307179586;

uint64_t hash_number(uint64_t value) {
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

uint64_t random_next(struct random *source) {
    source->state += UINT64_C(0x9e3779b97f4a7c15);
    return hash_number(source->state);
}

uint64_t random_below(struct random *source, uint64_t limit) {
    return random_next(source) % limit;
}

/* In (0, 1], so that its logarithm exists. */
static double unit(struct random *source) {
    return ((double)(random_next(source) >> 11) + 1) / 9007199254740992.0;
}

double random_log_normal(struct random *source, double sigma) {
    double radius = sqrt(-2 * log(unit(source)));
    return exp(sigma * radius * cos(two_pi * unit(source)));
}

uint64_t hash_text(const char *text, uint64_t seed) {
    uint64_t hash = hash_number(seed + 1);
    for (; *text != '\0'; text++)
        hash = hash_number(hash ^ (unsigned char)*text) + 1;
    return hash;
}
