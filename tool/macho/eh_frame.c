#include "macho/eh_frame.h"

#include "base/leb.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How a pointer is encoded: its form in the lower four bits, what it counts from, and whether it is
 * indirect. */
enum {
    DW_EH_PE_FORM = 0x0f,
    DW_EH_PE_absptr = 0x00,
    DW_EH_PE_udata4 = 0x03,
    DW_EH_PE_udata8 = 0x04,
    DW_EH_PE_sdata4 = 0x0b,
    DW_EH_PE_sdata8 = 0x0c,
    DW_EH_PE_BASE = 0x70,
    DW_EH_PE_pcrel = 0x10,
    DW_EH_PE_indirect = 0x80,
    DW_EH_PE_omit = 0xff,
};

/* A record that is being read; `at` is in the section, and `end` is the record's. */
struct eh_reader {
    struct eh_cursor *cursor;
    struct eh_record *record;
    struct bytes section; /* the bytes up to the record's end */
    size_t at;
    struct error *error;
};

static bool wrong(struct eh_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool wrong(struct eh_reader *reader, const char *format, ...) {
    char field[sizeof reader->error->field], what[sizeof reader->error->what];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(field, sizeof field, "eh_frame record at 0x%zx", reader->record->offset);
    return error_malformed(reader->error, field, "%s", what);
}

/* --- numbers --- */

static size_t left(const struct eh_reader *reader) {
    return reader->section.size - reader->at;
}

static bool skip(struct eh_reader *reader, uint64_t size, const char *what) {
    if (size > left(reader))
        return wrong(reader, "%s does not end in it", what);
    reader->at += (size_t)size;
    return true;
}

static bool read_u8(struct eh_reader *reader, uint8_t *value, const char *what) {
    if (!skip(reader, 1, what))
        return false;
    *value = bytes_u8(reader->section, reader->at - 1);
    return true;
}

static bool read_leb(struct eh_reader *reader, uint64_t *value, const char *what) {
    return leb_unsigned(reader->section, &reader->at, value) ||
           wrong(reader, "%s does not end in it, or is too great", what);
}

static bool skip_signed_leb(struct eh_reader *reader, const char *what) {
    int64_t value;
    return leb_signed(reader->section, &reader->at, &value) ||
           wrong(reader, "%s does not end in it, or is too great", what);
}

/* --- pointers --- */

/* Bytes of a form; 0 for those that cannot be moved. */
static uint8_t form_size(uint8_t encoding) {
    static const uint8_t sizes[DW_EH_PE_FORM + 1] = {
        [DW_EH_PE_absptr] = 8, [DW_EH_PE_udata4] = 4, [DW_EH_PE_udata8] = 8,
        [DW_EH_PE_sdata4] = 4, [DW_EH_PE_sdata8] = 8,
    };
    return sizes[encoding & DW_EH_PE_FORM];
}

static bool check_encoding(struct eh_reader *reader, uint8_t encoding, const char *what) {
    uint8_t base = encoding & DW_EH_PE_BASE;
    return (form_size(encoding) != 0 && (base == 0 || base == DW_EH_PE_pcrel)) ||
           wrong(reader, "the encoding 0x%02x of %s is unknown", encoding, what);
}

/* The number that stands there, extended to 64 bits. */
static bool read_form(struct eh_reader *reader, uint8_t encoding, uint64_t *value,
                      const char *what) {
    uint8_t size = form_size(encoding);
    if (!skip(reader, size, what))
        return false;
    *value = bytes_little(reader->section, reader->at - size, size);
    if ((encoding & DW_EH_PE_FORM) == DW_EH_PE_sdata4)
        *value = (uint64_t)(int64_t)(int32_t)(uint32_t)*value;
    return true;
}

/* An LSDA of 0 is none, whatever it counts from (DwarfParser.hpp, decodeFDE). */
static bool read_pointer(struct eh_reader *reader, uint8_t encoding, enum eh_pointer_kind kind,
                         const char *what) {
    struct eh_record *record = reader->record;
    size_t at = reader->at;
    uint64_t value;
    if (!read_form(reader, encoding, &value, what))
        return false;
    if ((encoding & DW_EH_PE_BASE) != DW_EH_PE_pcrel)
        return value == 0 || wrong(reader, "%s is absolute: 0x%" PRIx64, what, value);
    if (value == 0 && kind == EH_LSDA)
        return true;
    record->pointers[record->pointer_count++] = (struct eh_pointer){
        .kind = kind,
        .at = at,
        .size = form_size(encoding),
        .is_signed = (encoding & DW_EH_PE_FORM) == DW_EH_PE_sdata4,
        .indirect = (encoding & DW_EH_PE_indirect) != 0,
        .target = reader->cursor->address + at + value,
    };
    return true;
}

/* --- instructions --- */

enum operands {
    BYTES_0,
    BYTES_1,
    BYTES_2,
    BYTES_4,
    ULEB,
    ULEBS,
    ULEB_SLEB,
    SLEB,
    BLOCK,
    ULEB_BLOCK,
    ADDRESS,
    UNKNOWN
};

/* Of DW_CFA_... whose upper two bits are 0 (DWARF 5, table 7.29; 0x2c to 0x2f are of GNU and Arm,
 * as in libunwind: DwarfParser.hpp, parseFDEInstructions). */
static enum operands operands_of(uint8_t opcode) {
    static const uint8_t kinds[] = {
        BYTES_0,    ADDRESS,   BYTES_1,   BYTES_2, BYTES_4, ULEBS,     ULEB,       ULEB,
        ULEB,       ULEBS,     BYTES_0,   BYTES_0, ULEBS,   ULEB,      ULEB,       BLOCK,
        ULEB_BLOCK, ULEB_SLEB, ULEB_SLEB, SLEB,    ULEBS,   ULEB_SLEB, ULEB_BLOCK,
    };
    if (opcode < sizeof kinds)
        return kinds[opcode];
    return opcode == 0x2c || opcode == 0x2d ? BYTES_0
           : opcode == 0x2e                 ? ULEB
           : opcode == 0x2f                 ? ULEBS
                                            : UNKNOWN;
}

static bool skip_operands(struct eh_reader *reader, enum operands operands) {
    static const struct {
        uint8_t bytes, ulebs;
        bool sleb, block;
    } shapes[] = {
        [BYTES_0] = {0, 0, false, false},  [BYTES_1] = {1, 0, false, false},
        [BYTES_2] = {2, 0, false, false},  [BYTES_4] = {4, 0, false, false},
        [ULEB] = {0, 1, false, false},     [ULEBS] = {0, 2, false, false},
        [ULEB_SLEB] = {0, 1, true, false}, [SLEB] = {0, 0, true, false},
        [BLOCK] = {0, 0, false, true},     [ULEB_BLOCK] = {0, 1, false, true},
    };
    static const char what[] = "an instruction";
    uint64_t value;
    if (!skip(reader, shapes[operands].bytes, what))
        return false;
    for (uint8_t i = 0; i < shapes[operands].ulebs; i++)
        if (!read_leb(reader, &value, what))
            return false;
    if (shapes[operands].sleb && !skip_signed_leb(reader, what))
        return false;
    return !shapes[operands].block || (read_leb(reader, &value, what) && skip(reader, value, what));
}

static bool check_instructions(struct eh_reader *reader) {
    while (left(reader) != 0) {
        uint8_t opcode = bytes_u8(reader->section, reader->at++);
        enum operands operands = operands_of(opcode);
        uint8_t upper = opcode >> 6; /* 1 advance_loc, 2 offset, 3 restore: the rest is in it */
        if (upper != 0)
            operands = upper == 2 ? ULEB : BYTES_0;
        if (operands == ADDRESS)
            return wrong(reader, "there is an address among its instructions");
        if (operands == UNKNOWN)
            return wrong(reader, "the instruction 0x%02x is unknown", opcode);
        if (!skip_operands(reader, operands))
            return false;
    }
    return true;
}

/* --- CIEs --- */

static bool read_letter(struct eh_reader *reader, char letter, struct eh_cie *cie) {
    uint8_t encoding;
    switch (letter) {
    case 'P':
        return read_u8(reader, &encoding, "the personality") &&
               check_encoding(reader, encoding, "the personality") &&
               read_pointer(reader, encoding, EH_PERSONALITY, "the personality");
    case 'L':
        return read_u8(reader, &cie->lsdas, "the encoding of LSDAs") &&
               (cie->lsdas == DW_EH_PE_omit || check_encoding(reader, cie->lsdas, "LSDAs"));
    case 'R':
        return read_u8(reader, &cie->functions, "the encoding of functions") &&
               check_encoding(reader, cie->functions, "functions");
    case 'S':
    case 'B':
    case 'G':
        return true;
    default:
        return wrong(reader, "the letter 0x%02x of its augmentation is unknown", (uint8_t)letter);
    }
}

/* The data of an augmentation that begins with z: `letters` are those after it. */
static bool read_augmentation(struct eh_reader *reader, const char *letters, struct eh_cie *cie) {
    uint64_t size;
    if (!read_leb(reader, &size, "the data of its augmentation"))
        return false;
    if (size > left(reader))
        return wrong(reader, "the data of its augmentation does not end in it");
    size_t end = reader->at + (size_t)size;
    for (const char *letter = letters; *letter != '\0'; letter++) {
        if (strchr(letter + 1, *letter) != NULL)
            return wrong(reader, "its augmentation has a letter twice");
        if (!read_letter(reader, *letter, cie))
            return false;
    }
    return reader->at == end ||
           wrong(reader, "the data of its augmentation ends at 0x%zx, not at 0x%zx", reader->at,
                 end);
}

/* A string's first bytes; those that would not fit are unknown letters in any case. */
static bool read_letters(struct eh_reader *reader, char letters[9]) {
    for (size_t i = 0; i < 9; i++) {
        uint8_t byte;
        if (!read_u8(reader, &byte, "its augmentation"))
            return false;
        letters[i] = (char)byte;
        if (byte == 0)
            return true;
    }
    return wrong(reader, "its augmentation is unknown");
}

static bool read_cie_head(struct eh_reader *reader, char letters[9]) {
    uint8_t version, byte;
    uint64_t value;
    if (!read_u8(reader, &version, "the version"))
        return false;
    if (version != 1 && version != 3)
        return wrong(reader, "the version %d is unknown", version);
    if (!read_letters(reader, letters))
        return false;
    if (letters[0] != '\0' && letters[0] != 'z')
        return wrong(reader, "its augmentation does not begin with z");
    return read_leb(reader, &value, "the code alignment factor") &&
           skip_signed_leb(reader, "the data alignment factor") &&
           (version == 1 ? read_u8(reader, &byte, "the return address")
                         : read_leb(reader, &value, "the return address"));
}

static bool read_cie(struct eh_reader *reader) {
    struct eh_cursor *cursor = reader->cursor;
    struct eh_cie cie = {.offset = reader->record->offset, .lsdas = DW_EH_PE_omit};
    char letters[9];
    if (!read_cie_head(reader, letters))
        return false;
    cie.augmented = letters[0] == 'z';
    if ((cie.augmented && !read_augmentation(reader, letters + 1, &cie)) ||
        !check_instructions(reader))
        return false;
    cursor->cies =
        memory_grow(cursor->cies, cursor->cie_count, &cursor->cie_capacity, sizeof *cursor->cies);
    cursor->cies[cursor->cie_count++] = cie;
    return true;
}

/* --- FDEs --- */

static int by_offset(const void *key, const void *item) {
    const size_t *offset = key;
    const struct eh_cie *cie = item;
    return *offset < cie->offset ? -1 : *offset > cie->offset;
}

static const struct eh_cie *find_cie(struct eh_reader *reader, uint32_t distance) {
    const struct eh_cursor *cursor = reader->cursor;
    size_t place = reader->at - 4;
    struct eh_record *record = reader->record;
    record->cie = place - distance;
    const struct eh_cie *cie = NULL;
    if (distance <= place && cursor->cie_count != 0)
        cie = bsearch(&record->cie, cursor->cies, cursor->cie_count, sizeof *cie, by_offset);
    if (cie == NULL)
        wrong(reader, "no CIE begins 0x%" PRIx32 " bytes before 0x%zx", distance, place);
    return cie;
}

static bool read_fde_augmentation(struct eh_reader *reader, const struct eh_cie *cie) {
    uint64_t size;
    if (!read_leb(reader, &size, "the data of its augmentation"))
        return false;
    if (size > left(reader))
        return wrong(reader, "the data of its augmentation does not end in it");
    size_t end = reader->at + (size_t)size;
    if (cie->lsdas != DW_EH_PE_omit && !read_pointer(reader, cie->lsdas, EH_LSDA, "the LSDA"))
        return false;
    if (reader->at > end)
        return wrong(reader, "the LSDA is past the data of its augmentation");
    reader->at = end;
    return true;
}

static bool read_fde(struct eh_reader *reader, uint32_t distance) {
    const struct eh_cie *cie = find_cie(reader, distance);
    return cie != NULL && read_pointer(reader, cie->functions, EH_FUNCTION, "the function") &&
           read_form(reader, cie->functions, &reader->record->range, "the function's size") &&
           (!cie->augmented || read_fde_augmentation(reader, cie)) && check_instructions(reader);
}

/* --- records --- */

void eh_frame_start(struct bytes section, uint64_t address, struct eh_cursor *cursor) {
    *cursor = (struct eh_cursor){.section = section, .address = address};
}

void eh_frame_end(struct eh_cursor *cursor) {
    free(cursor->cies);
    *cursor = (struct eh_cursor){0};
}

/* What comes after the length of 0: padding only. False in any case. */
static bool end_of_records(struct eh_reader *reader) {
    for (size_t i = reader->at; i < reader->section.size; i++)
        if (bytes_u8(reader->section, i) != 0)
            return wrong(reader, "its length of 0 ends them, but 0x%zx is 0x%02x", i,
                         bytes_u8(reader->section, i));
    return false;
}

/* Reads the length: `section` ends at the record's end then. False with error->kind ERROR_NONE at
 * the end of the records. */
static bool read_length(struct eh_reader *reader) {
    uint64_t length, size = 4;
    if (!skip(reader, 4, "its length"))
        return false;
    length = bytes_u32(reader->section, reader->at - 4);
    if (length == 0)
        return end_of_records(reader);
    if (length == UINT32_MAX) {
        size = 12;
        if (!skip(reader, 8, "its length"))
            return false;
        length = bytes_u64(reader->section, reader->at - 8);
    }
    if (length > left(reader))
        return wrong(reader, "its length of 0x%" PRIx64 " is past the section's end", length);
    reader->section.size = reader->at + (size_t)length;
    reader->record->size = (size_t)(size + length);
    return true;
}

bool eh_frame_next(struct eh_cursor *cursor, struct eh_record *record, struct error *error) {
    struct eh_reader reader = {cursor, record, cursor->section, cursor->at, error};
    *record = (struct eh_record){.offset = cursor->at, .cie = cursor->at};
    error->kind = ERROR_NONE;
    if (cursor->at == cursor->section.size || !read_length(&reader) || !skip(&reader, 4, "its CIE"))
        return false;
    uint32_t distance = bytes_u32(reader.section, reader.at - 4);
    record->is_cie = distance == 0;
    if (!(record->is_cie ? read_cie(&reader) : read_fde(&reader, distance)))
        return false;
    cursor->at = reader.section.size;
    return true;
}
