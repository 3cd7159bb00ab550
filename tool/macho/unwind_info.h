/* Unwind information: how a function's frame is undone, in __TEXT,__unwind_info.
 *
 * A header, five tables and pages, all at offsets from the section's start (<mach-o/
 * compact_unwind_encoding.h>; libunwind: UnwindCursor.hpp, getInfoFromCompactEncodingSection):
 *
 *     header              version, then offset and count of common encodings, personalities, index
 *     common encodings    of 32 bits, for compressed pages
 *     personalities       32-bit image offsets of the pointers to them; an encoding has two bits
 *                         for its number in them, from 1
 *     index               function, page, start of its LSDAs: 12 bytes a page; the last one has no
 *                         page, and its function is where the information ends
 *     LSDAs               function, LSDA: 8 bytes
 *     pages               by rising functions; regular ones of functions and encodings, compressed
 *                         ones of words: the function's distance from the index's in 24 bits and
 *                         the number of its encoding, in the common ones and then in the page's own
 *
 * An image offset counts from the header of the image, that is from its __TEXT. */
#ifndef VAFIT_MACHO_UNWIND_INFO_H
#define VAFIT_MACHO_UNWIND_INFO_H

#include "base/bytes.h"
#include "base/error.h"
#include "macho/format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Holds from `function` to that of the next entry. One that holds for no byte, since the next has
 * the same function, is never looked at. */
struct unwind_entry {
    uint32_t function;    /* image offset */
    uint32_t encoding;    /* 0: there is no information */
    uint32_t personality; /* image offset of the pointer to it; 0: none */
    uint32_t lsda;        /* image offset; not 0 where the encoding has UNWIND_HAS_LSDA, else 0 */
};

/* A walk over the entries, by rising functions. Takes no memory. */
struct unwind_cursor {
    struct bytes section;
    struct bytes common;
    struct bytes personalities;
    struct bytes index;
    uint32_t page_count;
    uint32_t end; /* image offset: where the last function ends; by ld64 a byte later */
    /* The walk's own. */
    uint32_t next_page;
    uint64_t entry_count; /* of the pages up to this one */
    uint32_t last;        /* function */
    struct unwind_page_place {
        bool compressed;
        uint32_t function; /* the index's */
        uint32_t limit;    /* that of the next page */
        struct bytes entries;
        struct bytes encodings;
        size_t at; /* bytes into `entries` */
        struct bytes lsdas;
        size_t lsda_at;
    } page;
};

/* Begins a walk over a section. Errors: ERROR_MALFORMED, the field "unwind info ..." naming the one
 * that is wrong: another version than 1, tables that do not lie in the section, no index. */
bool unwind_info_start(struct bytes section, struct unwind_cursor *cursor, struct error *error);
/* The next entry; false after the last one, with error->kind ERROR_NONE, or ERROR_MALFORMED, the
 * field "unwind info ...": tables and pages that do not lie in the section, pages of unknown kinds,
 * without entries, or that lie over each other; functions that fall, or are not where the index
 * says; encodings and personalities that are in no table, LSDAs that fall, or are missing where an
 * encoding has UNWIND_HAS_LSDA. An LSDA that no function asks for is passed over, as libunwind does
 * (lld lists those of functions whose information is in __eh_frame). Time is in proportion to the
 * section, whatever it holds. */
bool unwind_info_next(struct unwind_cursor *cursor, struct unwind_entry *entry,
                      struct error *error);

/* Whether an encoding says that the information is in __TEXT,__eh_frame. */
bool unwind_is_dwarf(uint32_t cpu_type, uint32_t encoding);
/* Of such an encoding: from which byte of __eh_frame on the function's FDE is found; 0: from its
 * start (libunwind: DwarfParser.hpp, findFDE, looks from there to the section's end). */
static inline uint32_t unwind_fde_offset(uint32_t encoding) {
    return encoding & UNWIND_DWARF_SECTION_OFFSET;
}
/* The encoding with another offset, of at most UNWIND_DWARF_SECTION_OFFSET. */
static inline uint32_t unwind_with_fde_offset(uint32_t encoding, uint32_t offset) {
    return (encoding & ~(uint32_t)UNWIND_DWARF_SECTION_OFFSET) | offset;
}
/* The number of its personality, from 1; 0: none. */
static inline uint32_t unwind_personality(uint32_t encoding) {
    return (encoding & UNWIND_PERSONALITY_MASK) >> UNWIND_PERSONALITY_SHIFT;
}
/* The encoding with another number, of at most 3. */
static inline uint32_t unwind_with_personality(uint32_t encoding, uint32_t number) {
    return (encoding & ~(uint32_t)UNWIND_PERSONALITY_MASK) | number << UNWIND_PERSONALITY_SHIFT;
}

#endif
