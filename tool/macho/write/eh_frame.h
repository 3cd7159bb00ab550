/* Call frame information at another place.
 *
 * The records of several sections become those of one: each section's go there as one block, so
 * that FDEs find their CIEs where they were, and only pointers that count from their own place
 * change. */
#ifndef VAFIT_MACHO_WRITE_EH_FRAME_H
#define VAFIT_MACHO_WRITE_EH_FRAME_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* EH_FRAME_END_SIZE: bytes of zeros after the last block, which end the records. */
enum { EH_FRAME_END_SIZE = 4, EH_FRAME_ALIGNMENT = 8 };

/* A section that moves, and what its pointers point to. */
struct eh_frame_block {
    struct bytes section;
    uint64_t address;      /* unslid: where it is */
    uint64_t new_address;  /* where its block goes */
    uint64_t target_shift; /* what is added to all targets, modulo 2^64 */
};

/* Bytes of a section's block, a multiple of EH_FRAME_ALIGNMENT; 0 for a section without records.
 * Errors: those of eh_frame_next. */
bool eh_frame_moved_size(struct bytes section, size_t *size, struct error *error);
/* Writes the block's records to `target`, which has room for as many bytes. The last one is as
 * much longer, by instructions that do nothing, as the block's size is rounded up: zeros after it
 * would end the records. Errors: those of eh_frame_next, and ERROR_MALFORMED, the field "eh_frame
 * record at 0x..." with its offset in the old section, where a pointer does not reach its target
 * any more; `target` is then half written. */
bool eh_frame_move(const struct eh_frame_block *block, uint8_t *target, struct error *error);

/* The encoding of a function whose information is in the block that begins `start` bytes into the
 * new section; one that did not say where its record is says then that it is in the block. Errors:
 * ERROR_MALFORMED, the field "unwind info encodings", where the record is past the first 16 MiB,
 * for an encoding has 24 bits to say where it is. */
bool eh_frame_move_encoding(uint32_t encoding, uint64_t start, uint32_t *moved,
                            struct error *error);

#endif
