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

/* Compares the new client at `path` with the client as it was: all bytes but those of load
 * commands, ordinals and page hashes are the same; every import is looked up in the dylib that has
 * what the old one had. */
bool compare_client(const struct client *client, const char *path, struct errors *errors);

#endif
