/* A stub: a dylib of an old install name that re-exports the merged image, so that whoever asks for
 * the old name, by dlopen or from an image that vafit was not given, finds what was there (dyld:
 * Loader.cpp, hasExportedSymbol, looks in re-exported dylibs). */
#ifndef VAFIT_MERGE_STUB_H
#define VAFIT_MERGE_STUB_H

#include "base/buffer.h"
#include "merge/merge.h"

/* A size that the stub of a part does not pass where the leaf of the merged image has at most so
 * many characters. */
uint64_t stub_bound(const struct part *part, size_t merged_leaf);
/* Makes the whole file of the stub that takes the place of part `number`: two pages of address
 * space. */
void stub_make(const struct merge *merge, size_t number, struct buffer *file);

#endif
