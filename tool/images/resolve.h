/* Names of dylibs: the paths that dyld would try for one. */
#ifndef VAFIT_IMAGES_RESOLVE_H
#define VAFIT_IMAGES_RESOLVE_H

#include "base/arena.h"
#include "base/options.h"
#include "images/program.h"

#include <stdbool.h>
#include <stddef.h>

/* Who asks: the asking image and those that led to it, up to the executable. */
struct load_chain {
    const size_t *items; /* indexes into the program's images, the executable first */
    size_t count;
};

/* A path to try, or the name of a system image. */
struct candidate {
    const char *path;
    bool system; /* in the shared cache; needs no file */
};

struct candidates {
    struct candidate *items;
    size_t count;
    size_t capacity;
};

/* Whether the name is that of a system image (dyld: mach_o/UnsafeHeader.cpp,
 * isSharedCacheEligiblePath). */
bool name_is_system(const char *name);

/* Lists what dyld would try for `name`, in its order (dyld: Loader.cpp, forEachPath and
 * forEachResolvedAtPathVar): @rpath through the LC_RPATHs of the whole chain, nearest first;
 * @loader_path; @executable_path; absolute names below the sysroot first. The search folders come
 * last. Duplicates are left out. */
void resolve_candidates(struct arena *arena, const struct search *search,
                        const struct program *program, struct load_chain chain, const char *name,
                        struct candidates *candidates);

#endif
