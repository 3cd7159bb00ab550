/* Unwind information made anew, for the functions of several images in one. */
#ifndef VAFIT_MACHO_WRITE_UNWIND_INFO_H
#define VAFIT_MACHO_WRITE_UNWIND_INFO_H

#include "base/error.h"
#include "macho/unwind_info.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An encoding has two bits for the number of its personality, and 0 is none. */
enum { UNWIND_MOST_PERSONALITIES = 3 };

/* What a section is made of. Entries are by rising functions. What says in an encoding which
 * personality the function has, and that it has an LSDA, is set anew. An entry that holds for no
 * byte is left out: the next one has the same function. */
struct unwind_functions {
    const struct unwind_entry *entries;
    size_t count;
    uint32_t end; /* image offset: where the last function ends */
};

/* Release `bytes` with free(). */
struct unwind_section {
    uint8_t *bytes; /* NULL for no functions, where no section is needed */
    size_t size;    /* bytes, a multiple of 4; it wants an alignment of 4 */
};

/* Builds the section: header, the encodings that are there more than once, up to 127 of them and
 * the most frequent first, personalities in the order of the functions, index, LSDAs, pages of up
 * to 4 KiB. A page is compressed unless it would take more bytes than a regular one. The same
 * functions give the same bytes, and when image offsets all grow by the same, a section of the same
 * size. Takes up to 40 bytes of memory an entry while it works.
 * Errors: ERROR_MALFORMED, the field "unwind info functions" for those that fall, "unwind info
 * personalities" for more than three, "unwind info section" for more than 4 GiB. */
bool unwind_info_write(const struct unwind_functions *functions, struct unwind_section *section,
                       struct error *error);

#endif
