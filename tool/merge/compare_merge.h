/* A merged image compared with its parts, from the files alone: every fixup, export, initialiser,
 * thread-local variable, symbol and byte of the parts is found again where it now is. */
#ifndef VAFIT_MERGE_COMPARE_MERGE_H
#define VAFIT_MERGE_COMPARE_MERGE_H

#include "base/error.h"
#include "merge/client.h"
#include "merge/merge.h"

#include <stdbool.h>

/* Compares the merged image at `path`, which need not have its name yet, with the parts of `merge`.
 * Differences are added to *errors, naming the merged image; false when there are any. */
bool compare_merge(const struct merge *merge, const char *path, struct errors *errors);

/* Compares the stub at `path` of part `number` with that: its name, versions, platform and paths,
 * and that it exports what the merged image does and nothing else. */
bool compare_stub(const struct merge *merge, size_t number, const char *path,
                  struct errors *errors);

/* Compares the new client at `path` with the client as it was: all bytes but those of
 * names and numbers of dylibs and of the signature are the same; every import is looked up in the
 * dylib that has what the old one had; an identity's new signature has lost nothing. */
bool compare_client(const struct client *client, const char *path, struct errors *errors);

#endif
