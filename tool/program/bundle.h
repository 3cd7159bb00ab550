/* Bundles: folders that the system takes for one thing, with an executable that Info.plist names.
 *
 * Sources: Apple's Bundle Programming Guide; CoreFoundation, CFBundle_Executable.c and
 * CFBundle_Resources.c; Security, bundlediskrep.cpp. */
#ifndef VAFIT_PROGRAM_BUNDLE_H
#define VAFIT_PROGRAM_BUNDLE_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

struct bundle {
    const char *folder;
    const char *root; /* what its seal is about: "Foo.app/Contents", "Foo.framework/Versions/A",
                         or the folder itself; no symbolic link */
    const char *info; /* Info.plist */
    const char *executable; /* NULL where it has none, as a bundle of resources alone */
};

/* What the bundle at `folder` is: an application, plug-in or helper with Contents/Info.plist; the
 * current version of a framework, with Versions/Current/Resources/Info.plist or without versions;
 * a flat bundle with Info.plist. The executable is CFBundleExecutable, or has the bundle's name
 * where that is not said. False, *bundle zero and no error (ERROR_NONE) where it is no bundle. In
 * the arena. Errors: ERROR_MALFORMED naming Info.plist, also for an executable that is not there;
 * ERROR_IO. */
bool bundle_read(struct arena *arena, const char *folder, struct bundle *bundle,
                 struct error *error);

/* Likewise of a root that is known: "Foo.app/Contents", "Foo.framework/Versions/B". */
bool bundle_of_root(struct arena *arena, const char *root, struct bundle *bundle,
                    struct error *error);

/* "ROOT/_CodeSignature/CodeResources". In the arena. */
const char *bundle_seal(struct arena *arena, const char *root);
/* The innermost root with a seal around what `path` names, by its text; NULL for none. In the
 * arena. */
const char *bundle_sealed_root(struct arena *arena, const char *path);

#endif
