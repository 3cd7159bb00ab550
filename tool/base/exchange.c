/* renameat2 is Linux's own. */
#ifdef __linux__
#define _GNU_SOURCE
#endif
#include "base/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

static int exchange(const char *a, const char *b) {
#ifdef __linux__
    return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
#elif defined(__APPLE__)
    return renamex_np(a, b, RENAME_SWAP);
#else
    (void)a, (void)b;
    errno = ENOTSUP;
    return -1;
#endif
}

enum exchanged file_exchange(const char *a, const char *b) {
    if (exchange(a, b) == 0)
        return EXCHANGED;
    return errno == EINVAL || errno == ENOSYS || errno == ENOTSUP ? EXCHANGE_UNSUPPORTED
                                                                  : EXCHANGE_FAILED;
}
