/* getentropy is in no version of POSIX before 2024. */
#define _DEFAULT_SOURCE
#include "base/seed.h"

#include <sys/random.h>
#include <unistd.h>

uint64_t seed(void) {
    uint64_t number;
    if (getentropy(&number, sizeof number) != 0)
        number = (uintptr_t)&number; /* of a stack that the system puts elsewhere in each run */
    return number;
}
