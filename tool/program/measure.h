/* Measure: a program turned into the numbers that tool/space judges. */
#ifndef VAFIT_PROGRAM_MEASURE_H
#define VAFIT_PROGRAM_MEASURE_H

#include "base/arena.h"
#include "program/load_order.h"
#include "space/rules.h"

/* Fills *measure but for its baseline; everything it points to lives in the arena, or is the
 * program's. */
void program_measure(struct arena *arena, const struct program *program,
                     const struct profile *profile, struct measure *measure);
/* Makes the measure of a program that of the same program for another system. */
void program_measure_for(const struct program *program, const struct profile *profile,
                         struct measure *measure);

/* The `count` images of the greatest address space, greatest first; of equal ones the one loaded
 * first. Fewer when the program has fewer; *count is set. In the arena. */
const size_t *program_heaviest(struct arena *arena, const struct program *program, size_t *count);

#endif
