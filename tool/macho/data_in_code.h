/* Data in code: which bytes among the instructions are data (LC_DATA_IN_CODE).
 *
 * Entries of 8 bytes: a 32-bit offset, a 16-bit length, a 16-bit kind (<mach-o/loader.h>,
 * data_in_code_entry). dyld reads none of them and checks only where the part lies
 * (mach_o/Image.cpp); disassemblers expect entries by rising offset that do not overlap. */
#ifndef VAFIT_MACHO_DATA_IN_CODE_H
#define VAFIT_MACHO_DATA_IN_CODE_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DATA_IN_CODE_SIZE = 8 }; /* bytes of an entry */

struct data_in_code {
    uint32_t offset; /* bytes from the image's base */
    uint16_t length; /* bytes */
    uint16_t kind;   /* 1 data, 2 to 4 jump tables of 8, 16 and 32 bits, 5 of absolute addresses;
                        others   are taken as they are */
};

/* How many entries there are, without those of zeros at the end, which are padding. */
size_t data_in_code_count(struct bytes bytes);
/* Entry i of them. */
struct data_in_code data_in_code_at(struct bytes bytes, size_t i);
/* Errors: ERROR_MALFORMED, the field "data in code", for bytes that are no whole entries and for
 * entries that do not end before the next one begins. */
bool data_in_code_valid(struct bytes bytes, struct error *error);

#endif
