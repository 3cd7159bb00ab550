/* An ad-hoc code signature as linkers write it: a SuperBlob that holds one CodeDirectory.
 *
 * Unless the hashes of the pages are asked for, they are left zero, a hole in the file: such files
 * have the shape of signed ones, but no system would run them, and `vafit verify` refuses them. */
#ifndef MAKE_MACHO_SIGNATURE_H
#define MAKE_MACHO_SIGNATURE_H

#include "buffer.h"
#include "output.h"

#include "base/error.h"

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
/* Writes the hashes of all pages of a file that is otherwise complete, the signature standing at
 * the code limit. Errors: ERROR_IO naming the file. */
bool signature_write_hashes(const struct signature *signature, const struct output *output,
                            struct error *error);

#endif
