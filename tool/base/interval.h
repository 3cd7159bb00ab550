/* Intervals: what some trials tell of a share.
 *
 * Wilson's interval for 95 %: the shares p with (observed - p)^2 <= z^2 p (1 - p) / trials. */
#ifndef VAFIT_BASE_INTERVAL_H
#define VAFIT_BASE_INTERVAL_H

#include <stdint.h>

/* Shares, 0 to 1. */
struct interval {
    double low;
    double high;
};

/* What `hits` of `trials` tell; all that there is for no trials. */
struct interval interval_of(uint64_t hits, uint64_t trials);

/* How what was observed goes together with a share that somebody expected. */
enum agreement { AGREES, MORE_THAN_EXPECTED, LESS_THAN_EXPECTED };
enum agreement interval_agreement(const struct interval *observed, double expected);

/* How likely so many trials have no hit, of a share of hits. */
double interval_chance_of_none(double share, uint64_t trials);
/* The least trials that have a hit in 95 of 100 cases; 0 where no number of them has. */
uint64_t interval_trials_for_hit(double share);

#endif
