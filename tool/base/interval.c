#include "base/interval.h"

#include <stdbool.h>

/* The square of 1.959964, within which 95 % of a normal distribution lie. */
#define Z_SQUARED 3.841459
/* Of 95 %, what is left. */
#define DOUBT 0.05

static bool is_within(double share, double observed, double trials) {
    double apart = observed - share;
    return apart * apart <= Z_SQUARED * share * (1 - share) / trials;
}

/* The bound between `outside`, which is not within, and `inside`, which is. */
static double bound(double outside, double inside, double observed, double trials) {
    enum { HALVINGS = 60 };
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (outside + inside) / 2;
        if (is_within(middle, observed, trials))
            inside = middle;
        else
            outside = middle;
    }
    return inside;
}

struct interval interval_of(uint64_t hits, uint64_t trials) {
    struct interval interval = {0, 1};
    if (trials == 0)
        return interval;
    double observed = (double)hits / (double)trials;
    if (hits != 0)
        interval.low = bound(0, observed, observed, (double)trials);
    if (hits != trials)
        interval.high = bound(1, observed, observed, (double)trials);
    return interval;
}

enum agreement interval_agreement(const struct interval *observed, double expected) {
    if (expected < observed->low)
        return MORE_THAN_EXPECTED;
    return expected > observed->high ? LESS_THAN_EXPECTED : AGREES;
}

double interval_chance_of_none(double share, uint64_t trials) {
    double chance = 1;
    for (double miss = 1 - share; trials != 0; trials >>= 1, miss *= miss)
        if ((trials & 1) != 0)
            chance *= miss;
    return chance;
}

uint64_t interval_trials_for_hit(double share) {
    uint64_t enough = UINT64_C(1) << 48, few = 0;
    if (interval_chance_of_none(share, enough) > DOUBT)
        return 0;
    while (enough - few > 1) {
        uint64_t middle = few + (enough - few) / 2;
        if (interval_chance_of_none(share, middle) <= DOUBT)
            enough = middle;
        else
            few = middle;
    }
    return enough;
}
