/* An ad-hoc code signature as linkers write it: a SuperBlob that holds one CodeDirectory.
 *
 * Only what has a size is real. The hashes of the pages are left zero, a hole in the file: these
 * files have the shape of signed ones, and no system would run them. */
#ifndef SYNTH_SIGNATURE_H
#define SYNTH_SIGNATURE_H

#include "buffer.h"

#include <stdbool.h>
#include <stdint.h>

/* Where a signature starts in its file, in units of bytes. */
enum { SIGNATURE_ALIGNMENT = 16 };

struct signature {
    const char *identifier; /* the file's name without folders */
    uint64_t code_limit;    /* bytes signed: all that stands before the signature */
    uint64_t text_size;     /* bytes of __TEXT in the file */
    bool is_executable;     /* the main executable of a program */
};

/* Bytes of the whole signature, hashes included. */
uint64_t signature_size(const struct signature *signature);
/* Adds all that stands before the hashes. */
void signature_write(const struct signature *signature, struct buffer *buffer);

#endif
