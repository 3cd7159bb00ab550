/* A client that was shrunk after it was made. */
#ifndef VAFIT_FIX_SHRUNK_CLIENT_H
#define VAFIT_FIX_SHRUNK_CLIENT_H

#include "base/error.h"
#include "merge/client.h"
#include "program/level.h"

#include <stdbool.h>

/* Whether the file at `path` is the client as client_write makes it, but for what *losses lets go:
 * makes it once more in a folder for temporary files, compares that with the old one, and then the
 * file with it. Differences are added to *errors, as are errors of reading and writing. */
bool shrunk_client_compare(const struct client *client, const char *path,
                           const struct losses *losses, struct errors *errors);

#endif
