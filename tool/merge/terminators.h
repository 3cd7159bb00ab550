/* Terminators of parts: sections of S_MOD_TERM_FUNC_POINTERS, which stay such in the merged image.
 *
 * After all initialisers of an image dyld notes its terminators by __cxa_atexit, in section order,
 * so that they run at the end in the opposite order, among the destructors that initialisers have
 * noted in the same way (dyld: Loader.cpp, findAndRunAllInitializers). In a merged image all
 * initialisers run before the first terminator is noted: the order is the same only where no part
 * has initialisers after one with terminators. Where dyld has saved the loaders of a program, it
 * does so for images with initialisers only (PrebuiltLoader.cpp, runInitializers), so that
 * terminators of a part without them must not get into an image with some. */
#ifndef VAFIT_MERGE_TERMINATORS_H
#define VAFIT_MERGE_TERMINATORS_H

#include "merge/part.h"

#include <stdbool.h>

bool part_has_terminators(const struct part *part);
bool part_has_initialisers(const struct part *part);
/* Why dyld does not note all terminators of the part, and would leave out those of others too in a
 * merged image (dyld: MachOAnalyzer.cpp, forEachTerminator); NULL when it does. Errors that reading
 * fixups finds are for others to say. */
const char *terminators_judge(const struct part *part);

#endif
