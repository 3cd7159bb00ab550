/* Two names that take each other's files in one step. */
#ifndef VAFIT_BASE_EXCHANGE_H
#define VAFIT_BASE_EXCHANGE_H

enum exchanged {
    EXCHANGED,
    EXCHANGE_UNSUPPORTED, /* this file system has no such step */
    EXCHANGE_FAILED       /* errno tells why; both names are as they were */
};

/* Both paths exist, in one file system. Nobody sees either name without a file: Linux' renameat2
 * with RENAME_EXCHANGE, macOS' renamex_np with RENAME_SWAP. */
enum exchanged file_exchange(const char *a, const char *b);

#endif
