/* A number that no input can foresee. */
#ifndef VAFIT_BASE_SEED_H
#define VAFIT_BASE_SEED_H

#include <stdint.h>

/* For hashes of what a file says, so that nobody can write a file whose hashes are all the same.
 * Another one in each call: no result may depend on it. */
uint64_t seed(void);

#endif
