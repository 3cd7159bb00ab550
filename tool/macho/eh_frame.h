/* Call frame information: what compact unwind information cannot say, in __TEXT,__eh_frame.
 *
 * Records follow each other; a length of 0 or the section's end ends them (libunwind:
 * DwarfParser.hpp, findFDE). Each begins with its length, of 32 bits, or 0xffffffff and 64 bits,
 * and 4 bytes that are 0 in a CIE; in an FDE they are how far before them its CIE begins. A CIE is
 * what several FDEs share: version, augmentation, alignment factors, the register of the return
 * address, data that the augmentation is about, instructions. An FDE is about one function: where
 * it begins, its size, data of the augmentation, instructions (parseCIE, decodeFDE; LSB Core,
 * "Exception Frames").
 *
 * Augmentations begin with z. Its letters: P personality, L how LSDAs and R how functions are
 * encoded, S a frame of a signal, B pointers are signed with the other key, G the stack is tagged.
 * Encodings are DW_EH_PE_...: pointers of 4 or 8 bytes that count from their own place; in an image
 * that can slide, absolute ones can only be 0. */
#ifndef VAFIT_MACHO_EH_FRAME_H
#define VAFIT_MACHO_EH_FRAME_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum eh_pointer_kind {
    EH_PERSONALITY, /* of a CIE */
    EH_FUNCTION,    /* of an FDE: pc_begin */
    EH_LSDA,        /* of an FDE that has one */
};

/* A pointer that counts from its own place, so that it changes when that moves. */
struct eh_pointer {
    enum eh_pointer_kind kind;
    size_t at;       /* bytes from the section's start */
    uint8_t size;    /* bytes: 4 or 8 */
    bool is_signed;  /* of 4 bytes: they are extended by their sign */
    bool indirect;   /* the target is not meant itself, but what the pointer there points to */
    uint64_t target; /* unslid address */
};

enum { EH_MOST_POINTERS = 2 };

struct eh_record {
    size_t offset; /* bytes from the section's start */
    size_t size;   /* bytes, with the length itself */
    bool is_cie;
    size_t cie;     /* of an FDE: where its CIE begins; of a CIE `offset` */
    uint64_t range; /* of an FDE: bytes of the function */
    struct eh_pointer pointers[EH_MOST_POINTERS]; /* by rising places */
    size_t pointer_count;
};

/* A walk over the records. Takes 24 bytes of memory a CIE. */
struct eh_cursor {
    struct bytes section;
    uint64_t address; /* unslid, the section's */
    size_t at;        /* where the next record begins; after the last one, where they end */
    struct eh_cie {
        size_t offset;
        bool augmented;    /* FDEs have data, by z */
        uint8_t functions; /* DW_EH_PE_... */
        uint8_t lsdas;     /* DW_EH_PE_...; DW_EH_PE_omit for none */
    } * cies;              /* by rising offsets */
    size_t cie_count;
    size_t cie_capacity;
};

/* Begins a walk over the section that is at `address`. Release with eh_frame_end, wherever the walk
 * has stopped. */
void eh_frame_start(struct bytes section, uint64_t address, struct eh_cursor *cursor);
/* The next record; false after the last one, with error->kind ERROR_NONE, or ERROR_MALFORMED, the
 * field "eh_frame record at 0x..." with its offset in the section. What libunwind refuses is
 * refused: records that do not end in the section, CIEs of other versions than 1 and 3, FDEs
 * without a CIE before them. So is what cannot be moved for certain: augmentations and
 * instructions of other kinds than the known ones, pointers of other sizes, absolute ones that are
 * not 0, those that count from other places, addresses among the instructions (DW_CFA_set_loc),
 * data of an augmentation that does not end where it says, and bytes that are not 0 after the
 * length of 0 that ends the records. Time is in proportion to the section, whatever it holds. */
bool eh_frame_next(struct eh_cursor *cursor, struct eh_record *record, struct error *error);
void eh_frame_end(struct eh_cursor *cursor);

#endif
