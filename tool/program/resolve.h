/* Names of dylibs: the paths that dyld would try for one. */
#ifndef VAFIT_PROGRAM_RESOLVE_H
#define VAFIT_PROGRAM_RESOLVE_H

#include "base/options.h"
#include "program/load_order.h"

#include <stdbool.h>
#include <stddef.h>

/* Who asks: the asking image and those that led to it, up to the executable. */
struct load_chain {
    const size_t *items; /* indexes into the program's images, the executable first */
    size_t count;
};

/* Takes a path to try, or the name of an image in the shared cache, which needs no file; true ends
 * the search. The path lives as long as the call. */
typedef bool candidate_visitor(void *context, const char *path, bool system);

/* Whether the name is that of a system image (dyld: mach_o/UnsafeHeader.cpp,
 * isSharedCacheEligiblePath). */
bool name_is_system(const char *name);

/* An LC_RPATH of image `owner` with @loader_path or @executable_path at its start replaced: what
 * stands before the rest of a name. In the arena, or the LC_RPATH itself. */
const char *resolve_rpath(struct arena *arena, const struct program *program, size_t owner,
                          const char *rpath);

/* Visits what dyld would try for `name`, in its order (dyld: Loader.cpp, forEachPath and
 * forEachResolvedAtPathVar), until the visitor ends it: @rpath through the LC_RPATHs of the whole
 * chain, nearest first; @loader_path; @executable_path; absolute names below the sysroot first. The
 * search folders come last. A path may come more than once. */
void resolve_visit(const struct search *search, const struct program *program,
                   struct load_chain chain, const char *name, candidate_visitor *visit,
                   void *context);

#endif
