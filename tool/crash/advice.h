/* Advice: the commands that help against a cause. */
#ifndef VAFIT_CRASH_ADVICE_H
#define VAFIT_CRASH_ADVICE_H

#include "crash/diagnosis.h"

/* Fills diagnosis->advice; the rest of it is known. `signature` is what the words said, also where
 * the cause then is another. */
void advice_make(struct arena *arena, const struct circumstances *circumstances,
                 enum cause signature, struct diagnosis *diagnosis);

#endif
